package io.millrace.broker.group.streams;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.streams.StreamsTopology.Copartitioned;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.group.streams.StreamsTopology.Subtopology;
import io.millrace.broker.topic.TopicsImage;
import io.millrace.broker.topic.TopicsImage.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How many partitions the topics that a topology reads have, or are to have. What the application
 * demands of a repartition topic holds; else it is as wide as the widest topic of those that write
 * to it, unless it has to match others.
 */
final class PartitionCounts {

  private final StreamsTopology topology;
  private final TopicsImage image;
  private final Map<String, Integer> decided = new TreeMap<>();
  private final Map<String, Integer> demanded = new HashMap<>();

  PartitionCounts(StreamsTopology topology, TopicsImage image) {
    this.topology = topology;
    this.image = image;
  }

  /** Of a topic that the topology reads, once all is decided. */
  int of(String topic) {
    return known(topic).orElse(0);
  }

  private OptionalInt known(String topic) {
    Integer count = decided.get(topic);
    if (count != null) {
      return OptionalInt.of(count);
    }
    Shape shape = image.shape(topic);
    return shape == null ? OptionalInt.empty() : OptionalInt.of(shape.partitions());
  }

  /**
   * Decides for all repartition topics.
   *
   * @return what does not match, or null
   * @throws BrokerException with {@code INVALID_TOPOLOGY} when it cannot be decided
   */
  @Nullable String decide() {
    TreeSet<String> open = new TreeSet<>();
    for (Subtopology each : topology.subtopologies()) {
      for (InternalTopic topic : each.repartitionSources()) {
        if (topic.partitions() > 0) {
          demanded.put(topic.name(), topic.partitions());
          decided.put(topic.name(), topic.partitions());
        } else {
          open.add(topic.name());
        }
      }
    }
    open.removeAll(decided.keySet());
    while (!open.isEmpty()) {
      if (!open.removeIf(topic -> followsFromWriters(topic, open))) {
        throw new BrokerException(
            BrokerError.INVALID_TOPOLOGY,
            "the partitions of the repartition topics "
                + open
                + " cannot be counted: nothing writes to them, or only they themselves do");
      }
    }
    for (Subtopology each : topology.subtopologies()) {
      for (Copartitioned group : each.copartitioned()) {
        String mismatch = match(each, group);
        if (mismatch != null) {
          return mismatch;
        }
      }
    }
    return null;
  }

  private boolean followsFromWriters(String topic, Set<String> open) {
    int widest = 0;
    for (Subtopology each : topology.subtopologies()) {
      if (each.repartitionSinks().contains(topic)) {
        for (String input : each.inputs()) {
          if (open.contains(input)) {
            return false;
          }
          widest = Math.max(widest, of(input));
        }
      }
    }
    if (widest == 0) {
      return false;
    }
    decided.put(topic, widest);
    return true;
  }

  /** Gives those of a group that are free to be changed the partitions of the others. */
  private @Nullable String match(Subtopology part, Copartitioned group) {
    SortedMap<String, Integer> fixed = new TreeMap<>();
    SortedMap<String, Integer> free = new TreeMap<>();
    for (String topic : named(part.sourceTopics(), group.sourceTopics())) {
      fixed.put(topic, of(topic));
    }
    List<String> repartitions =
        part.repartitionSources().stream().map(InternalTopic::name).toList();
    for (String topic : named(repartitions, group.repartitionSources())) {
      (demanded.containsKey(topic) ? fixed : free).put(topic, of(topic));
    }
    if (fixed.values().stream().distinct().count() > 1) {
      return "Following topics do not have the same number of partitions: [" + fixed + "]";
    }
    int partitions =
        (fixed.isEmpty() ? free : fixed).values().stream().mapToInt(each -> each).max().orElse(0);
    free.keySet().forEach(topic -> decided.put(topic, partitions));
    return null;
  }

  private static List<String> named(List<String> topics, List<Short> indexes) {
    return indexes.stream().map(topics::get).toList();
  }
}
