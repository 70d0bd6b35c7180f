package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.consumer.Assignor.Subscriber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AssignorTest {

  private static final Assignor UNIFORM = new UniformAssignor();
  private static final Assignor RANGE = new RangeAssignor();

  /** Some topics, and members that subscribe to some of them. */
  private static final class Case {
    final Map<UUID, Integer> topics = new HashMap<>();
    final Map<String, Subscriber> members = new TreeMap<>();
    final Random random;
    final boolean alike;

    Case(long seed, int memberCount, int topicCount, boolean alike) {
      random = new Random(seed);
      this.alike = alike;
      for (int i = 0; i < topicCount; i++) {
        topics.put(new UUID(7, i), random.nextInt(12));
      }
      for (int i = 0; i < memberCount; i++) {
        join("member-" + i);
      }
    }

    void join(String id) {
      Set<UUID> subscribed = new HashSet<>();
      for (UUID topic : topics.keySet()) {
        if (alike || random.nextBoolean()) {
          subscribed.add(topic);
        }
      }
      String instance = random.nextInt(3) == 0 ? "instance-" + id : null;
      members.put(id, new Subscriber(instance, subscribed, Set.of()));
    }

    Map<String, Set<TopicIdPartition>> assign(Assignor assignor) {
      Map<String, Set<TopicIdPartition>> assigned = assignor.assign(members, topics);
      members.replaceAll(
          (id, member) ->
              new Subscriber(
                  member.instanceId(), member.topics(), assigned.getOrDefault(id, Set.of())));
      return assigned;
    }

    /** Each partition of a topic with subscribers is with one of them, and nothing else is. */
    void check(Map<String, Set<TopicIdPartition>> assigned) {
      assertThat(assigned.keySet()).isEqualTo(members.keySet());
      List<TopicIdPartition> all = new ArrayList<>();
      assigned.forEach(
          (id, partitions) -> {
            all.addAll(partitions);
            assertThat(partitions).allMatch(each -> topicsOf(id).contains(each.topicId()));
          });
      Set<TopicIdPartition> expected = new HashSet<>();
      topics.forEach(
          (topic, count) -> {
            if (members.values().stream().anyMatch(each -> each.topics().contains(topic))) {
              for (int i = 0; i < count; i++) {
                expected.add(new TopicIdPartition(topic, i));
              }
            }
          });
      assertThat(all).containsExactlyInAnyOrderElementsOf(expected);
    }

    Set<UUID> topicsOf(String id) {
      Subscriber member = members.get(id);
      return member == null ? Set.of() : member.topics();
    }
  }

  @Property(tries = 500)
  void everyPartitionGoesToOneSubscriber(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 12) int members,
      @ForAll @IntRange(min = 0, max = 6) int topics,
      @ForAll boolean alike) {
    for (Assignor assignor : Assignor.ALL) {
      Case some = new Case(seed, members, topics, alike);
      some.check(some.assign(assignor));
    }
  }

  @Property(tries = 500)
  void noSingleMoveWouldMakeUniformMoreEven(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int members,
      @ForAll @IntRange(min = 1, max = 6) int topics,
      @ForAll boolean alike) {
    Case some = new Case(seed, members, topics, alike);
    for (int change = 0; change < 4; change++) {
      Map<String, Set<TopicIdPartition>> assigned = some.assign(UNIFORM);
      some.check(assigned);
      assigned.forEach(
          (id, partitions) -> {
            for (TopicIdPartition each : partitions) {
              assigned.forEach(
                  (other, others) -> {
                    if (some.topicsOf(other).contains(each.topicId())) {
                      assertThat(partitions.size() - others.size()).isLessThanOrEqualTo(1);
                    }
                  });
            }
          });
      if (some.members.isEmpty() || some.random.nextBoolean()) {
        some.join("late-" + change);
      } else {
        some.members.remove(some.members.keySet().iterator().next());
      }
    }
  }

  @Property(tries = 300)
  void uniformMovesNothingWhenNothingChanges(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int members,
      @ForAll @IntRange(min = 1, max = 6) int topics,
      @ForAll boolean alike) {
    Case some = new Case(seed, members, topics, alike);
    Map<String, Set<TopicIdPartition>> first = some.assign(UNIFORM);
    assertThat(some.assign(UNIFORM)).isEqualTo(first);
  }

  @Property(tries = 300)
  void uniformMovesOnlyWhatANewMemberGets(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int members,
      @ForAll @IntRange(min = 1, max = 6) int topics) {
    Case some = new Case(seed, members, topics, true);
    Map<String, Set<TopicIdPartition>> before = some.assign(UNIFORM);
    some.join("zz");
    Map<String, Set<TopicIdPartition>> after = some.assign(UNIFORM);
    before.forEach(
        (id, partitions) -> assertThat(partitions).containsAll(after.getOrDefault(id, Set.of())));
  }

  @Test
  void rangeGivesNeighboursAndTheSameNumbersOfEachTopic() {
    UUID orders = new UUID(1, 1);
    UUID payments = new UUID(1, 2);
    Set<UUID> both = Set.of(orders, payments);
    Map<String, Set<TopicIdPartition>> assigned =
        RANGE.assign(
            Map.of(
                "b", new Subscriber(null, both, Set.of()),
                "a", new Subscriber(null, both, Set.of()),
                "z", new Subscriber("static", both, Set.of())),
            Map.of(orders, 7, payments, 7));
    assertThat(assigned.get("z")).containsExactlyInAnyOrderElementsOf(run(both, 0, 3));
    assertThat(assigned.get("a")).containsExactlyInAnyOrderElementsOf(run(both, 3, 5));
    assertThat(assigned.get("b")).containsExactlyInAnyOrderElementsOf(run(both, 5, 7));
  }

  private static List<TopicIdPartition> run(Set<UUID> topics, int from, int to) {
    List<TopicIdPartition> run = new ArrayList<>();
    for (UUID topic : topics) {
      for (int i = from; i < to; i++) {
        run.add(new TopicIdPartition(topic, i));
      }
    }
    return run;
  }
}
