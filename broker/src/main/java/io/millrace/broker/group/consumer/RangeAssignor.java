package io.millrace.broker.group.consumer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Gives each subscriber of a topic a run of neighbouring partitions. Subscribers are always taken
 * in the same order, so topics with equally many partitions and the same subscribers are shared out
 * alike, and records of equal keys meet at one member. Static members come first and in the order
 * of their instances, so that a restart under another member id moves nothing.
 */
final class RangeAssignor implements Assignor {

  @Override
  public String name() {
    return "range";
  }

  @Override
  public Map<String, Set<TopicIdPartition>> assign(
      Map<String, Subscriber> subscribers, Map<UUID, Integer> partitionCounts) {
    List<Map.Entry<String, Subscriber>> ordered = new ArrayList<>(subscribers.entrySet());
    ordered.sort(
        Comparator.comparing(
                (Map.Entry<String, Subscriber> each) -> each.getValue().instanceId(),
                Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(Map.Entry::getKey));
    Map<String, Set<TopicIdPartition>> assigned = new HashMap<>();
    Map<UUID, List<String>> byTopic = new HashMap<>();
    for (Map.Entry<String, Subscriber> each : ordered) {
      assigned.put(each.getKey(), new HashSet<>());
      for (UUID topic : each.getValue().topics()) {
        byTopic.computeIfAbsent(topic, id -> new ArrayList<>()).add(each.getKey());
      }
    }
    byTopic.forEach(
        (topic, members) ->
            share(topic, partitionCounts.getOrDefault(topic, 0), members, assigned));
    return assigned;
  }

  private static void share(
      UUID topic, int partitions, List<String> members, Map<String, Set<TopicIdPartition>> to) {
    int next = 0;
    for (int i = 0; i < members.size(); i++) {
      Set<TopicIdPartition> run = to.getOrDefault(members.get(i), Set.of());
      int end =
          (int) ((i + 1L) * (partitions / members.size()))
              + Math.min(i + 1, partitions % members.size());
      for (; next < end; next++) {
        run.add(new TopicIdPartition(topic, next));
      }
    }
  }
}
