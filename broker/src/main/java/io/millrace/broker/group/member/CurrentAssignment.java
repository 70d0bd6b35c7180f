package io.millrace.broker.group.member;

/**
 * What a member works on, and how far it has come. Immutable.
 *
 * @param epoch expected in its next heartbeat; {@link Heartbeat#AWAY} for a static member that has
 *     left for a while
 * @param previousEpoch the one before, accepted again when an answer was lost
 * @param assigned it may work on these
 * @param revoking it has been told to give these back; nobody else gets them before it has
 */
public record CurrentAssignment<W>(
    int epoch, int previousEpoch, MemberState state, W assigned, W revoking) {

  /** Of a member that has just joined. */
  public static <W> CurrentAssignment<W> none(W nothing) {
    return new CurrentAssignment<>(0, 0, MemberState.STABLE, nothing, nothing);
  }

  /** The same member in the epoch of a target, with nothing to give back. */
  public CurrentAssignment<W> at(int targetEpoch, MemberState then, W work, W nothing) {
    int before = epoch == targetEpoch ? previousEpoch : epoch;
    return new CurrentAssignment<>(targetEpoch, before, then, work, nothing);
  }

  /** The same member in its epoch, with something to give back. */
  CurrentAssignment<W> giving(W back, W kept) {
    return new CurrentAssignment<>(
        epoch, previousEpoch, MemberState.UNREVOKED_PARTITIONS, kept, back);
  }

  /** Of a static member that leaves for a while: it keeps what it works on. */
  public CurrentAssignment<W> away(W nothing) {
    return new CurrentAssignment<>(Heartbeat.AWAY, epoch, MemberState.STABLE, assigned, nothing);
  }

  /** Of a static member that is back under another id. */
  public CurrentAssignment<W> back(W nothing) {
    return new CurrentAssignment<>(0, 0, MemberState.STABLE, assigned, nothing);
  }
}
