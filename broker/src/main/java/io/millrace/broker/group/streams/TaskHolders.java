package io.millrace.broker.group.streams;

import java.util.HashMap;
import java.util.HashSet;
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
  private final Map<TaskId, String> processing = new HashMap<>();
  private final Function<String, String> processOf;

  /**
   * @param processOf the process of a member
   */
  TaskHolders(Function<String, String> processOf) {
    this.processOf = processOf;
  }

  /** A member has what the assignment says. */
  void hold(String memberId, TaskAssignment assignment) {
    for (Tasks tasks : new Tasks[] {assignment.assigned(), assignment.revoking()}) {
      tasks.active().forEach(task -> processing.put(task, memberId));
      for (Set<TaskId> role : tasks.roles()) {
        for (TaskId task : role) {
          all.computeIfAbsent(task, any -> new HashSet<>()).add(memberId);
        }
      }
    }
  }

  /** A member has no longer what the assignment says, if there is one. */
  void release(String memberId, @Nullable TaskAssignment assignment) {
    if (assignment == null) {
      return;
    }
    for (Tasks tasks : new Tasks[] {assignment.assigned(), assignment.revoking()}) {
      tasks.active().forEach(task -> processing.remove(task, memberId));
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
    return processing.get(task);
  }

  /** What members other than that one have. */
  TaskReconciliation.Others othersThan(String memberId) {
    return new TaskReconciliation.Others() {
      @Override
      public boolean process(TaskId task) {
        String owner = processing.get(task);
        return owner != null && !owner.equals(memberId);
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
