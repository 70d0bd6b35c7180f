package io.millrace.broker.group.consumer;

import io.millrace.broker.group.member.Reconciliation;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The partitions that a member is to have. Each of them has one owner in the group, and goes to the
 * next one once that has given it back. Of one call.
 *
 * @param isFree whether no member has the partition or is giving it back
 */
public record PartitionGoal(Set<TopicIdPartition> target, Predicate<TopicIdPartition> isFree)
    implements Reconciliation.Goal<Set<TopicIdPartition>> {

  @Override
  public Set<TopicIdPartition> nothing() {
    return Set.of();
  }

  @Override
  public Set<TopicIdPartition> revoked(Set<TopicIdPartition> assigned) {
    return without(assigned, target);
  }

  @Override
  public Set<TopicIdPartition> kept(Set<TopicIdPartition> assigned, Set<TopicIdPartition> revoked) {
    return without(assigned, revoked);
  }

  private static Set<TopicIdPartition> without(
      Set<TopicIdPartition> partitions, Set<TopicIdPartition> others) {
    Set<TopicIdPartition> rest = new HashSet<>(partitions);
    rest.removeAll(others);
    return Set.copyOf(rest);
  }

  @Override
  public boolean overlap(Set<TopicIdPartition> one, Set<TopicIdPartition> other) {
    return !Collections.disjoint(one, other);
  }

  @Override
  public Reconciliation.Gain<Set<TopicIdPartition>> gain(Set<TopicIdPartition> kept) {
    Set<TopicIdPartition> all = new HashSet<>(kept);
    boolean waits = false;
    for (TopicIdPartition each : target) {
      if (!kept.contains(each)) {
        if (isFree.test(each)) {
          all.add(each);
        } else {
          waits = true;
        }
      }
    }
    return new Reconciliation.Gain<>(Set.copyOf(all), waits);
  }
}
