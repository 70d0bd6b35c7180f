package io.millrace.broker.group.streams;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;

/**
 * Tasks by what is done with them. Immutable.
 *
 * @param active processed
 * @param standby whose state is kept up to date, to take over
 * @param warmup whose state is being brought up to date, so that they can be moved here
 */
public record Tasks(Set<TaskId> active, Set<TaskId> standby, Set<TaskId> warmup) {

  /** None. */
  public static final Tasks NONE = new Tasks(Set.of(), Set.of(), Set.of());

  /** Takes copies. */
  public Tasks {
    active = Set.copyOf(active);
    standby = Set.copyOf(standby);
    warmup = Set.copyOf(warmup);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return active.isEmpty() && standby.isEmpty() && warmup.isEmpty();
  }

  /** Whether the task is here, whatever is done with it. */
  public boolean contains(TaskId task) {
    return active.contains(task) || inBackground(task);
  }

  /** Whether the task's state is kept here, but it is not processed. */
  public boolean inBackground(TaskId task) {
    return standby.contains(task) || warmup.contains(task);
  }

  /** Whether a task of the others is here in the same role. */
  public boolean sharesAny(Tasks others) {
    return !Collections.disjoint(active, others.active)
        || !Collections.disjoint(standby, others.standby)
        || !Collections.disjoint(warmup, others.warmup);
  }

  /** Whether all of the others are here in the same role. */
  public boolean containsAll(Tasks others) {
    return active.containsAll(others.active)
        && standby.containsAll(others.standby)
        && warmup.containsAll(others.warmup);
  }

  /** All, in the order active, standby, warm-up. */
  public Collection<Set<TaskId>> roles() {
    return java.util.List.of(active, standby, warmup);
  }
}
