package io.millrace.broker.group.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.consumer.Assignor.Subscriber;
import io.millrace.broker.group.consumer.TopicIdPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SimpleShareAssignorTest {

  private static final List<UUID> TOPICS = List.of(new UUID(0, 1), new UUID(0, 2), new UUID(0, 3));

  private final SimpleShareAssignor assignor = new SimpleShareAssignor();

  @Property(tries = 1000)
  void everyPartitionIsReadAndNobodyIsIdle(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 7) Integer> subscriptions,
      @ForAll @Size(value = 3) List<@IntRange(min = 0, max = 5) Integer> partitions) {
    Map<UUID, Integer> counts = new HashMap<>();
    for (int i = 0; i < TOPICS.size(); i++) {
      counts.put(TOPICS.get(i), partitions.get(i));
    }
    Map<String, Subscriber> members = new HashMap<>();
    for (int i = 0; i < subscriptions.size(); i++) {
      Set<UUID> topics = new HashSet<>();
      for (int topic = 0; topic < TOPICS.size(); topic++) {
        if ((subscriptions.get(i) & (1 << topic)) != 0) {
          topics.add(TOPICS.get(topic));
        }
      }
      members.put("m" + i, new Subscriber(null, topics, Set.of()));
    }
    Map<String, Set<TopicIdPartition>> assigned = assignor.assign(members, counts);
    members.forEach(
        (id, member) -> {
          boolean hasAny =
              member.topics().stream().anyMatch(topic -> counts.getOrDefault(topic, 0) > 0);
          assertThat(assigned.getOrDefault(id, Set.of()).isEmpty()).isEqualTo(!hasAny);
          assertThat(assigned.getOrDefault(id, Set.of()))
              .allMatch(partition -> member.topics().contains(partition.topicId()));
        });
    counts.forEach(
        (topic, count) -> {
          boolean wanted = members.values().stream().anyMatch(m -> m.topics().contains(topic));
          for (int i = 0; i < count; i++) {
            TopicIdPartition partition = new TopicIdPartition(topic, i);
            assertThat(assigned.values().stream().anyMatch(set -> set.contains(partition)))
                .isEqualTo(wanted);
          }
        });
    Map<String, Subscriber> again = new HashMap<>();
    members.forEach(
        (id, member) ->
            again.put(
                id, new Subscriber(null, member.topics(), assigned.getOrDefault(id, Set.of()))));
    assertThat(assignor.assign(again, counts))
        .as("nothing moves without a cause")
        .isEqualTo(assigned);
  }

  @Property(tries = 200)
  void manyMembersShareFewPartitionsEvenly(
      @ForAll @IntRange(min = 1, max = 30) int members,
      @ForAll @IntRange(min = 1, max = 10) int partitions) {
    Map<String, Subscriber> subscribers = new HashMap<>();
    for (int i = 0; i < members; i++) {
      subscribers.put("m" + i, new Subscriber(null, Set.of(TOPICS.getFirst()), Set.of()));
    }
    Map<TopicIdPartition, Integer> sharers = new HashMap<>();
    assignor
        .assign(subscribers, Map.of(TOPICS.getFirst(), partitions))
        .values()
        .forEach(set -> set.forEach(each -> sharers.merge(each, 1, Integer::sum)));
    int least = sharers.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    int most = sharers.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    assertThat(sharers).hasSize(partitions);
    assertThat(most - least).isLessThanOrEqualTo(1);
  }
}
