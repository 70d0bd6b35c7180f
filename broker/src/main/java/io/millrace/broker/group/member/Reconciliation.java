package io.millrace.broker.group.member;

import org.jspecify.annotations.Nullable;

/**
 * The steps of a member from what it has to what it is to have (KIP-848, "Rebalance Process"). A
 * pure function of the member, what it says that it owns, the target, and who has what.
 *
 * <pre>
 *   STABLE                 a new target, nothing to give back     → STABLE, or UNRELEASED_PARTITIONS
 *   STABLE                 a new target, something to give back   → UNREVOKED_PARTITIONS
 *   UNREVOKED_PARTITIONS   it owns none of that any more          → as from STABLE
 *   UNREVOKED_PARTITIONS   it does, or has not said               → the same
 *   UNRELEASED_PARTITIONS  at each heartbeat                      → as from STABLE
 * </pre>
 *
 * <p>A member's epoch becomes that of the target once it has given back what it must; then it also
 * gets what is free of the rest, and goes on asking for what others still have. So nothing has two
 * owners at any step.
 */
public final class Reconciliation {

  private Reconciliation() {}

  /** What a member is to have, held against what it has and what others have. */
  public interface Goal<W> {

    /** No work. */
    W nothing();

    /** What of its work a member has to give back. */
    W revoked(W assigned);

    /** The rest of its work. */
    W kept(W assigned, W revoked);

    /** Whether there is something that both have. */
    boolean overlap(W one, W other);

    /** What a member gets now that has given back what it must. */
    Gain<W> gain(W kept);
  }

  /**
   * What a member gets.
   *
   * @param work all that it has from now on
   * @param waits whether others still have something that it is to have
   */
  public record Gain<W>(W work, boolean waits) {}

  /**
   * The next step, which is the present one when nothing can be done yet.
   *
   * @param owned what the member says that it owns; null when it did not say
   */
  public static <W> CurrentAssignment<W> next(
      CurrentAssignment<W> current, @Nullable W owned, int targetEpoch, Goal<W> goal) {
    boolean rests =
        switch (current.state()) {
          case STABLE -> current.epoch() == targetEpoch;
          case UNREVOKED_PARTITIONS -> mayOwn(owned, current.revoking(), goal);
          case UNRELEASED_PARTITIONS -> false;
        };
    return rests ? current : towards(current, owned, targetEpoch, goal);
  }

  private static <W> boolean mayOwn(@Nullable W owned, W revoked, Goal<W> goal) {
    return owned == null || goal.overlap(owned, revoked);
  }

  private static <W> CurrentAssignment<W> towards(
      CurrentAssignment<W> current, @Nullable W owned, int targetEpoch, Goal<W> goal) {
    W revoked = goal.revoked(current.assigned());
    W kept = goal.kept(current.assigned(), revoked);
    if (!revoked.equals(goal.nothing()) && mayOwn(owned, revoked, goal)) {
      return current.giving(revoked, kept);
    }
    Gain<W> gain = goal.gain(kept);
    MemberState state = gain.waits() ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE;
    return current.at(targetEpoch, state, gain.work(), goal.nothing());
  }
}
