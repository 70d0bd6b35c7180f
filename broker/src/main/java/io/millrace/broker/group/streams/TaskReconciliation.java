package io.millrace.broker.group.streams;

import io.millrace.broker.group.consumer.MemberState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a member from the tasks that it has to those that it is to have (KIP-1071,
 * "Reconciliation"). A pure function of the member, what it says that it owns, the target, and what
 * others have. The states and their transitions are those of {@link
 * io.millrace.broker.group.consumer.Reconciliation}, with three rules more:
 *
 * <ul>
 *   <li>an active task has one owner in the group: it is given once the owner before has given it
 *       back;
 *   <li>a process has a task once, since its threads share its state on disk: a task of any role is
 *       given once the other threads of the process have given it back;
 *   <li>a member that has a task's state in the background keeps it while it waits to become its
 *       owner, and takes the task over as it is. What it processes it has to give back first,
 *       whatever is to become of it.
 * </ul>
 */
public final class TaskReconciliation {

  private TaskReconciliation() {}

  /** What members other than the one in question have, what they are giving back included. */
  public interface Others {

    /** Whether one of them has the task as an active one. */
    boolean process(TaskId task);

    /** Whether one of them that shares the member's process has the task. */
    boolean holdInProcess(TaskId task);
  }

  /**
   * The next step, which is the present one when nothing can be done yet.
   *
   * @param owned what the member says that it owns; null when it did not say
   */
  public static TaskAssignment next(
      TaskAssignment current, @Nullable Tasks owned, int targetEpoch, Tasks target, Others others) {
    return switch (current.state()) {
      case STABLE ->
          current.epoch() == targetEpoch
              ? current
              : towards(current, owned, targetEpoch, target, others);
      case UNREVOKED_PARTITIONS ->
          owned == null || owned.sharesAny(current.revoking())
              ? current
              : towards(current, owned, targetEpoch, target, others);
      case UNRELEASED_PARTITIONS -> towards(current, owned, targetEpoch, target, others);
    };
  }

  private static TaskAssignment towards(
      TaskAssignment current, @Nullable Tasks owned, int targetEpoch, Tasks target, Others others) {
    Tasks assigned = current.assigned();
    Tasks revoking =
        new Tasks(
            without(assigned.active(), target.active()),
            without(assigned.standby(), target),
            without(assigned.warmup(), target));
    if (!revoking.isEmpty() && (owned == null || owned.sharesAny(revoking))) {
      Tasks kept =
          new Tasks(
              without(assigned.active(), revoking.active()),
              without(assigned.standby(), revoking.standby()),
              without(assigned.warmup(), revoking.warmup()));
      return new TaskAssignment(
          current.epoch(),
          current.previousEpoch(),
          MemberState.UNREVOKED_PARTITIONS,
          kept,
          revoking,
          since(current, kept.active(), revoking.active(), current.epoch()));
    }
    Set<TaskId> active = new HashSet<>();
    Set<TaskId> standby = new HashSet<>();
    Set<TaskId> warmup = new HashSet<>();
    boolean waiting = false;
    for (TaskId task : target.active()) {
      if (assigned.active().contains(task)
          || (!others.process(task) && !others.holdInProcess(task))) {
        active.add(task);
        continue;
      }
      waiting = true;
      if (assigned.standby().contains(task)) {
        standby.add(task);
      } else if (assigned.warmup().contains(task)) {
        warmup.add(task);
      }
    }
    for (TaskId task : target.standby()) {
      waiting |= !take(task, assigned, others, standby);
    }
    for (TaskId task : target.warmup()) {
      waiting |= !take(task, assigned, others, warmup);
    }
    return new TaskAssignment(
        targetEpoch,
        current.epoch() == targetEpoch ? current.previousEpoch() : current.epoch(),
        waiting ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE,
        new Tasks(active, standby, warmup),
        Tasks.NONE,
        since(current, active, Set.of(), targetEpoch));
  }

  private static boolean take(TaskId task, Tasks assigned, Others others, Set<TaskId> into) {
    boolean free = assigned.inBackground(task) || !others.holdInProcess(task);
    return free && into.add(task);
  }

  private static Set<TaskId> without(Set<TaskId> tasks, Set<TaskId> others) {
    Set<TaskId> rest = new HashSet<>(tasks);
    rest.removeAll(others);
    return rest;
  }

  private static Set<TaskId> without(Set<TaskId> tasks, Tasks others) {
    Set<TaskId> rest = new HashSet<>(tasks);
    rest.removeIf(others::contains);
    return rest;
  }

  private static Map<TaskId, Integer> since(
      TaskAssignment current, Set<TaskId> active, Set<TaskId> revoking, int epoch) {
    Map<TaskId, Integer> since = new HashMap<>();
    active.forEach(task -> since.put(task, current.activeSince().getOrDefault(task, epoch)));
    revoking.forEach(task -> since.put(task, current.activeSince().getOrDefault(task, epoch)));
    return since;
  }
}
