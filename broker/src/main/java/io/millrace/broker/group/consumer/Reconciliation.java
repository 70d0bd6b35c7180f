package io.millrace.broker.group.consumer;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
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
 * gets what is free of the rest, and goes on asking for what others still have. So no partition has
 * two owners at any step.
 */
public final class Reconciliation {

  private Reconciliation() {}

  /**
   * The next step, which is the present one when nothing can be done yet.
   *
   * @param owned what the member says that it owns; null when it did not say
   * @param isFree whether no member has the partition or is giving it back
   */
  public static CurrentAssignment next(
      CurrentAssignment current,
      @Nullable Set<TopicIdPartition> owned,
      int targetEpoch,
      Set<TopicIdPartition> target,
      Predicate<TopicIdPartition> isFree) {
    return switch (current.state()) {
      case STABLE ->
          current.epoch() == targetEpoch
              ? current
              : towards(current, owned, targetEpoch, target, isFree);
      case UNREVOKED_PARTITIONS ->
          ownsAny(owned, current.revoking())
              ? current
              : towards(current, owned, targetEpoch, target, isFree);
      case UNRELEASED_PARTITIONS -> towards(current, owned, targetEpoch, target, isFree);
    };
  }

  private static boolean ownsAny(
      @Nullable Set<TopicIdPartition> owned, Collection<TopicIdPartition> revoking) {
    return owned == null || !Collections.disjoint(owned, revoking);
  }

  private static CurrentAssignment towards(
      CurrentAssignment current,
      @Nullable Set<TopicIdPartition> owned,
      int targetEpoch,
      Set<TopicIdPartition> target,
      Predicate<TopicIdPartition> isFree) {
    Set<TopicIdPartition> assigned = new HashSet<>();
    Set<TopicIdPartition> revoking = new HashSet<>();
    for (TopicIdPartition each : current.assigned()) {
      (target.contains(each) ? assigned : revoking).add(each);
    }
    if (!revoking.isEmpty() && ownsAny(owned, revoking)) {
      return new CurrentAssignment(
          current.epoch(),
          current.previousEpoch(),
          MemberState.UNREVOKED_PARTITIONS,
          assigned,
          revoking);
    }
    boolean waiting = false;
    for (TopicIdPartition each : target) {
      if (!assigned.contains(each)) {
        if (isFree.test(each)) {
          assigned.add(each);
        } else {
          waiting = true;
        }
      }
    }
    return new CurrentAssignment(
        targetEpoch,
        current.epoch() == targetEpoch ? current.previousEpoch() : current.epoch(),
        waiting ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE,
        assigned,
        Set.of());
  }
}
