package io.millrace.broker.group.streams;

import io.millrace.broker.group.member.Reconciliation;
import java.util.HashSet;
import java.util.Set;

/**
 * The tasks that a member is to have (KIP-1071, "Reconciliation"), by three rules beside those of
 * all protocols:
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
 *
 * Of one call.
 */
public record TaskGoal(Tasks target, Others others) implements Reconciliation.Goal<Tasks> {

  /** What members other than the one in question have, what they are giving back included. */
  public interface Others {

    /** Whether one of them has the task as an active one. */
    boolean process(TaskId task);

    /** Whether one of them that shares the member's process has the task. */
    boolean holdInProcess(TaskId task);
  }

  @Override
  public Tasks nothing() {
    return Tasks.NONE;
  }

  @Override
  public Tasks revoked(Tasks assigned) {
    return new Tasks(
        without(assigned.active(), target.active()),
        without(assigned.standby(), target),
        without(assigned.warmup(), target));
  }

  @Override
  public Tasks kept(Tasks assigned, Tasks revoked) {
    return new Tasks(
        without(assigned.active(), revoked.active()),
        without(assigned.standby(), revoked.standby()),
        without(assigned.warmup(), revoked.warmup()));
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

  @Override
  public boolean overlap(Tasks one, Tasks other) {
    return one.sharesAny(other);
  }

  @Override
  public Reconciliation.Gain<Tasks> gain(Tasks kept) {
    Set<TaskId> active = new HashSet<>();
    Set<TaskId> standby = new HashSet<>();
    Set<TaskId> warmup = new HashSet<>();
    boolean waits = false;
    for (TaskId task : target.active()) {
      if (kept.active().contains(task) || (!others.process(task) && !others.holdInProcess(task))) {
        active.add(task);
        continue;
      }
      waits = true;
      if (kept.standby().contains(task)) {
        standby.add(task);
      } else if (kept.warmup().contains(task)) {
        warmup.add(task);
      }
    }
    for (TaskId task : target.standby()) {
      waits |= !take(task, kept, standby);
    }
    for (TaskId task : target.warmup()) {
      waits |= !take(task, kept, warmup);
    }
    return new Reconciliation.Gain<>(new Tasks(active, standby, warmup), waits);
  }

  private boolean take(TaskId task, Tasks kept, Set<TaskId> into) {
    boolean free = kept.inBackground(task) || !others.holdInProcess(task);
    return free && into.add(task);
  }
}
