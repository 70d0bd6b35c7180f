package io.millrace.broker.group.share;

import io.millrace.broker.group.consumer.Assignor;
import io.millrace.broker.group.consumer.TopicIdPartition;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Gives partitions to the members of a share group, where several may have the same one: each
 * partition goes to somebody, members get equally many as far as their subscriptions allow, and a
 * member for whom none is left joins in where the fewest are (Kafka's SimpleAssignor, by another
 * way to the same two rules).
 */
public final class SimpleShareAssignor implements Assignor {

  private final Assignor uniform = Objects.requireNonNull(Assignor.named("uniform"));

  @Override
  public String name() {
    return "simple";
  }

  @Override
  public Map<String, Set<TopicIdPartition>> assign(
      Map<String, Subscriber> subscribers, Map<UUID, Integer> partitionCounts) {
    Map<String, Set<TopicIdPartition>> result = new TreeMap<>();
    Map<TopicIdPartition, Integer> sharers = new HashMap<>();
    uniform
        .assign(subscribers, partitionCounts)
        .forEach(
            (id, partitions) -> {
              result.put(id, new HashSet<>(partitions));
              partitions.forEach(each -> sharers.merge(each, 1, Integer::sum));
            });
    result.forEach(
        (id, partitions) -> {
          Subscriber member = subscribers.get(id);
          if (partitions.isEmpty() && member != null) {
            join(member, partitionCounts, sharers, partitions);
          }
        });
    return result;
  }

  private static void join(
      Subscriber member,
      Map<UUID, Integer> partitionCounts,
      Map<TopicIdPartition, Integer> sharers,
      Set<TopicIdPartition> into) {
    List<TopicIdPartition> candidates =
        new TreeSet<>(member.topics())
            .stream()
                .flatMap(
                    topic ->
                        java.util.stream.IntStream.range(0, partitionCounts.getOrDefault(topic, 0))
                            .mapToObj(partition -> new TopicIdPartition(topic, partition)))
                .toList();
    candidates.stream()
        .min(
            Comparator.comparingInt((TopicIdPartition each) -> sharers.getOrDefault(each, 0))
                .thenComparing(each -> !member.target().contains(each)))
        .ifPresent(
            least -> {
              into.add(least);
              sharers.merge(least, 1, Integer::sum);
            });
  }
}
