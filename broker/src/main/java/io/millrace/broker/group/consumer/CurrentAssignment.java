package io.millrace.broker.group.consumer;

import java.util.Set;

/**
 * What a member works on, and how far it has come. Immutable.
 *
 * @param epoch expected in its next heartbeat; {@link #AWAY} for a static member that has left for
 *     a while
 * @param previousEpoch the one before, accepted again when an answer was lost
 * @param assigned it may work on these
 * @param revoking it has been told to give these back; nobody else gets them before it has
 */
public record CurrentAssignment(
    int epoch,
    int previousEpoch,
    MemberState state,
    Set<TopicIdPartition> assigned,
    Set<TopicIdPartition> revoking) {

  /** The epoch of a static member that said that it will be back. */
  public static final int AWAY = -2;

  /** Of a member that has just joined. */
  public static final CurrentAssignment NONE =
      new CurrentAssignment(0, 0, MemberState.STABLE, Set.of(), Set.of());

  /** Takes copies. */
  public CurrentAssignment {
    assigned = Set.copyOf(assigned);
    revoking = Set.copyOf(revoking);
  }

  /** Of a static member that leaves for a while: it keeps what it works on. */
  public CurrentAssignment away() {
    return new CurrentAssignment(AWAY, epoch, MemberState.STABLE, assigned, Set.of());
  }

  /** Of a static member that is back under another id. */
  public CurrentAssignment back() {
    return new CurrentAssignment(0, 0, MemberState.STABLE, assigned, Set.of());
  }
}
