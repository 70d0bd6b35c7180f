package io.millrace.broker.group.streams;

import io.millrace.broker.group.streams.ResolvedTopology.Part;
import io.millrace.broker.group.streams.StreamsStatus.Code;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.group.streams.StreamsTopology.Subtopology;
import io.millrace.broker.topic.TopicsImage;
import io.millrace.broker.topic.TopicsImage.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds a topology against the topics that there are: how many partitions its internal topics need,
 * which of them are missing, how many tasks it has (KIP-1071, "Topology configuration"; the rules
 * are those of Kafka's InternalTopicManager). A task is a partition of the widest topic that its
 * subtopology reads; a changelog has one partition for each task.
 */
public final class TopologyResolver {

  private static final int MOST_NAMED = 5;

  private final StreamsTopology topology;
  private final TopicsImage image;
  private final PartitionCounts counts;

  private TopologyResolver(StreamsTopology topology, TopicsImage image) {
    this.topology = topology;
    this.image = image;
    this.counts = new PartitionCounts(topology, image);
  }

  /** The topology with what its topics say about it. */
  public static ResolvedTopology resolve(StreamsTopology topology, TopicsImage image) {
    return new TopologyResolver(topology, image).resolve();
  }

  private ResolvedTopology resolve() {
    Set<String> absent = new TreeSet<>();
    for (Subtopology each : topology.subtopologies()) {
      each.sourceTopics().stream().filter(topic -> image.shape(topic) == null).forEach(absent::add);
    }
    if (!absent.isEmpty()) {
      return failed(
          Code.MISSING_SOURCE_TOPICS, "Source topics " + someOf(absent) + " are missing.");
    }
    String mismatch = counts.decide();
    if (mismatch != null) {
      return failed(Code.INCORRECTLY_PARTITIONED_TOPICS, mismatch);
    }
    SortedMap<String, Part> parts = new TreeMap<>();
    for (Subtopology each : topology.subtopologies()) {
      parts.put(each.id(), part(each));
    }
    return compared(parts);
  }

  private Part part(Subtopology each) {
    int tasks = each.inputs().stream().mapToInt(counts::of).max().orElse(0);
    List<InternalTopic> changelogs =
        each.changelogs().stream().map(topic -> counted(topic, tasks)).toList();
    List<InternalTopic> repartitions =
        each.repartitionSources().stream()
            .map(topic -> counted(topic, counts.of(topic.name())))
            .toList();
    return new Part(
        tasks,
        each.isStateful(),
        each.sourceTopics(),
        each.repartitionSinks(),
        changelogs,
        repartitions);
  }

  private static InternalTopic counted(InternalTopic topic, int partitions) {
    return new InternalTopic(topic.name(), partitions, topic.replicationFactor(), topic.settings());
  }

  /** With the internal topics that are not there, or are not as they have to be. */
  private ResolvedTopology compared(SortedMap<String, Part> parts) {
    Map<String, InternalTopic> missing = new TreeMap<>();
    for (Part part : parts.values()) {
      List<InternalTopic> internal = new ArrayList<>(part.repartitionSources());
      internal.addAll(part.changelogs());
      for (InternalTopic each : internal) {
        Shape shape = image.shape(each.name());
        if (shape == null) {
          missing.put(each.name(), each);
        } else if (shape.partitions() != each.partitions()) {
          return failed(
              Code.INCORRECTLY_PARTITIONED_TOPICS,
              "Existing topic "
                  + each.name()
                  + " has different number of partitions: expected "
                  + each.partitions()
                  + ", found "
                  + shape.partitions());
        }
      }
    }
    StreamsStatus problem =
        missing.isEmpty()
            ? null
            : new StreamsStatus(
                Code.MISSING_INTERNAL_TOPICS,
                "Internal topics are missing: " + someOf(missing.keySet()));
    return new ResolvedTopology(parts, List.copyOf(missing.values()), problem);
  }

  private static ResolvedTopology failed(Code code, String detail) {
    return new ResolvedTopology(new TreeMap<>(), List.of(), new StreamsStatus(code, detail));
  }

  /** The names, or the first of them and how many there are. */
  private static @Nullable String someOf(Set<String> names) {
    String first = String.join(", ", names.stream().limit(MOST_NAMED).toList());
    return names.size() <= MOST_NAMED
        ? first
        : first + " and " + (names.size() - MOST_NAMED) + " more";
  }
}
