package io.millrace.broker.group.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerException;
import io.millrace.broker.group.streams.StreamsStatus.Code;
import io.millrace.broker.group.streams.StreamsTopology.Copartitioned;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.group.streams.StreamsTopology.Subtopology;
import io.millrace.broker.topic.TopicsImage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopologyResolverTest {

  private record Topics(Map<String, Integer> partitions) implements TopicsImage {

    @Override
    public @Nullable Shape shape(String name) {
      Integer count = partitions.get(name);
      return count == null ? null : new Shape(name, new UUID(0, name.hashCode()), count);
    }

    @Override
    public @Nullable Shape shape(UUID id) {
      return null;
    }

    @Override
    public Collection<String> userTopics() {
      return partitions.keySet();
    }
  }

  private static Subtopology reading(
      String id, List<String> sources, List<InternalTopic> repartitions, Copartitioned... groups) {
    return new Subtopology(
        id,
        sources,
        List.of(),
        List.of(Topologies.internal("app-" + id + "-changelog", 0)),
        List.of(),
        repartitions,
        List.of(groups));
  }

  private static Copartitioned indexes(List<Integer> sources, List<Integer> repartitions) {
    return new Copartitioned(shorts(sources), List.of(), shorts(repartitions));
  }

  private static List<Short> shorts(List<Integer> numbers) {
    return numbers.stream().map(Integer::shortValue).toList();
  }

  private static @Nullable Code code(ResolvedTopology resolved) {
    return resolved.problem() == null ? null : resolved.problem().code();
  }

  @Test
  void internalTopicsAreAsWideAsWhatIsWrittenToThem() {
    ResolvedTopology resolved =
        TopologyResolver.resolve(Topologies.counting(0), new Topics(Map.of("flights", 4)));
    assertThat(code(resolved)).isEqualTo(Code.MISSING_INTERNAL_TOPICS);
    assertThat(resolved.missing())
        .extracting(InternalTopic::name, InternalTopic::partitions)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("app-by-airport-repartition", 4),
            org.assertj.core.groups.Tuple.tuple("app-counts-changelog", 4));
    assertThat(resolved.has(new TaskId("1", 3))).isTrue();
    assertThat(resolved.has(new TaskId("1", 4))).isFalse();
  }

  @Test
  void aTopologyWithAllOfItsTopicsIsReady() {
    ResolvedTopology resolved =
        TopologyResolver.resolve(
            Topologies.counting(0),
            new Topics(
                Map.of("flights", 4, "app-by-airport-repartition", 4, "app-counts-changelog", 4)));
    assertThat(resolved.isReady()).isTrue();
    assertThat(resolved.missing()).isEmpty();
  }

  @Test
  void aMissingSourceTopicIsNamed() {
    ResolvedTopology resolved =
        TopologyResolver.resolve(Topologies.joining(0), new Topics(Map.of("flights", 4)));
    assertThat(resolved.problem())
        .isEqualTo(
            new StreamsStatus(Code.MISSING_SOURCE_TOPICS, "Source topics gates are missing."));
    assertThat(resolved.missing()).isEmpty();
  }

  @Test
  void joinedTopicsMustHaveTheSameNumberOfPartitions() {
    assertThat(
            code(
                TopologyResolver.resolve(
                    Topologies.joining(0), new Topics(Map.of("flights", 4, "gates", 3)))))
        .isEqualTo(Code.INCORRECTLY_PARTITIONED_TOPICS);
  }

  @Test
  void anInternalTopicThatIsTooNarrowIsNotUsed() {
    assertThat(
            code(
                TopologyResolver.resolve(
                    Topologies.counting(0),
                    new Topics(Map.of("flights", 4, "app-by-airport-repartition", 2)))))
        .isEqualTo(Code.INCORRECTLY_PARTITIONED_TOPICS);
  }

  @Test
  void aRepartitionTopicFitsTheTopicThatItIsJoinedWith() {
    Subtopology writer =
        new Subtopology(
            "0", List.of("flights"), List.of(), List.of(), List.of("r"), List.of(), List.of());
    Subtopology joined =
        reading(
            "1",
            List.of("gates"),
            List.of(Topologies.internal("r", 0)),
            indexes(List.of(0), List.of(0)));
    ResolvedTopology resolved =
        TopologyResolver.resolve(
            new StreamsTopology(0, List.of(writer, joined)),
            new Topics(Map.of("flights", 2, "gates", 6)));
    assertThat(resolved.missing())
        .extracting(InternalTopic::name, InternalTopic::partitions)
        .contains(org.assertj.core.groups.Tuple.tuple("r", 6));
  }

  @Test
  void whatTheApplicationDemandsOfARepartitionTopicHolds() {
    Subtopology joined =
        reading(
            "0",
            List.of("gates"),
            List.of(Topologies.internal("r", 3)),
            indexes(List.of(0), List.of(0)));
    StreamsTopology topology = new StreamsTopology(0, List.of(joined));
    assertThat(code(TopologyResolver.resolve(topology, new Topics(Map.of("gates", 6)))))
        .isEqualTo(Code.INCORRECTLY_PARTITIONED_TOPICS);
    assertThat(TopologyResolver.resolve(topology, new Topics(Map.of("gates", 3))).missing())
        .allMatch(topic -> topic.partitions() == 3);
  }

  @Test
  void aRepartitionTopicThatNothingWritesToIsRefused() {
    StreamsTopology topology =
        new StreamsTopology(
            0, List.of(reading("0", List.of("gates"), List.of(Topologies.internal("r", 0)))));
    assertThatThrownBy(() -> TopologyResolver.resolve(topology, new Topics(Map.of("gates", 3))))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("[r]");
  }
}
