package io.millrace.broker.group.streams;

import io.millrace.broker.group.consumer.CurrentAssignment;
import io.millrace.broker.group.consumer.MemberState;
import java.util.Map;

/**
 * What a member works on, and how far it has come. Immutable.
 *
 * @param epoch expected in its next heartbeat; {@link CurrentAssignment#AWAY} for a static member
 *     that has left for a while
 * @param previousEpoch the one before, accepted again when an answer was lost
 * @param assigned it may work on these
 * @param revoking it has been told to give these back; nobody else gets them before it has
 * @param activeSince the epochs in which it got its active tasks, those that it gives back included
 */
public record TaskAssignment(
    int epoch,
    int previousEpoch,
    MemberState state,
    Tasks assigned,
    Tasks revoking,
    Map<TaskId, Integer> activeSince) {

  /** Of a member that has just joined. */
  public static final TaskAssignment NONE =
      new TaskAssignment(0, 0, MemberState.STABLE, Tasks.NONE, Tasks.NONE, Map.of());

  /** Takes a copy. */
  public TaskAssignment {
    activeSince = Map.copyOf(activeSince);
  }

  /** Whether the member has the task, or is giving it back. */
  boolean holds(TaskId task) {
    return assigned.contains(task) || revoking.contains(task);
  }

  /** Of a static member that leaves for a while: it keeps what it works on. */
  public TaskAssignment away() {
    return new TaskAssignment(
        CurrentAssignment.AWAY, epoch, MemberState.STABLE, assigned, Tasks.NONE, activeSince);
  }

  /** Of a static member that is back under another id. */
  public TaskAssignment back() {
    return new TaskAssignment(0, 0, MemberState.STABLE, assigned, Tasks.NONE, activeSince);
  }
}
