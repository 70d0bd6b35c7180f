package io.millrace.broker.group.streams;

import io.millrace.broker.group.member.CurrentAssignment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which members of a group have which tasks, those that they are giving back included. Confined to
 * the group's mailbox.
 */
final class TaskHolders {

  private final Map<TaskId, Set<String>> all = new HashMap<>();
  private final Map<TaskId, Owner> processing = new HashMap<>();
  private final Function<String, String> processOf;

  /** Who processes a task, and since which epoch. */
  private record Owner(String memberId, int since) {}

  /**
   * @param processOf the process of a member
   */
  TaskHolders(Function<String, String> processOf) {
    this.processOf = processOf;
  }

  /**
   * A member has what the assignment says.
   *
   * @param activeSince the epochs in which it got what it processes
   */
  void hold(
      String memberId, CurrentAssignment<Tasks> assignment, Map<TaskId, Integer> activeSince) {
    for (Tasks tasks : List.of(assignment.assigned(), assignment.revoking())) {
      for (TaskId task : tasks.active()) {
        int since = activeSince.getOrDefault(task, assignment.epoch());
        processing.put(task, new Owner(memberId, since));
      }
      for (Set<TaskId> role : tasks.roles()) {
        for (TaskId task : role) {
          all.computeIfAbsent(task, any -> new HashSet<>()).add(memberId);
        }
      }
    }
  }

  /** A member has no longer what the assignment says. */
  void release(String memberId, CurrentAssignment<Tasks> assignment) {
    for (Tasks tasks : List.of(assignment.assigned(), assignment.revoking())) {
      for (TaskId task : tasks.active()) {
        processing.computeIfPresent(
            task, (any, owner) -> owner.memberId().equals(memberId) ? null : owner);
      }
      for (Set<TaskId> role : tasks.roles()) {
        for (TaskId task : role) {
          all.computeIfPresent(
              task,
              (any, members) -> {
                members.remove(memberId);
                return members.isEmpty() ? null : members;
              });
        }
      }
    }
  }

  /** The member that processes the task, or null. */
  @Nullable String processing(TaskId task) {
    Owner owner = processing.get(task);
    return owner == null ? null : owner.memberId();
  }

  /** Whether that member processes the task, and has done so in that epoch. */
  boolean hasProcessedSince(TaskId task, String memberId, int epoch) {
    Owner owner = processing.get(task);
    return owner != null && owner.memberId().equals(memberId) && owner.since() <= epoch;
  }

  /**
   * Since when the active tasks of an assignment, one that a member is to come to, have been
   * processed by who does it: what has no owner yet, since the assignment's epoch.
   */
  Map<TaskId, Integer> activeSince(CurrentAssignment<Tasks> assignment) {
    Map<TaskId, Integer> activeSince = new HashMap<>();
    for (Tasks tasks : List.of(assignment.assigned(), assignment.revoking())) {
      for (TaskId task : tasks.active()) {
        Owner owner = processing.get(task);
        activeSince.put(task, owner == null ? assignment.epoch() : owner.since());
      }
    }
    return activeSince;
  }

  /** What members other than that one have. */
  TaskGoal.Others othersThan(String memberId) {
    return new TaskGoal.Others() {
      @Override
      public boolean process(TaskId task) {
        Owner owner = processing.get(task);
        return owner != null && !owner.memberId().equals(memberId);
      }

      @Override
      public boolean holdInProcess(TaskId task) {
        String process = processOf.apply(memberId);
        return all.getOrDefault(task, Set.of()).stream()
            .anyMatch(each -> !each.equals(memberId) && processOf.apply(each).equals(process));
      }
    };
  }
}
