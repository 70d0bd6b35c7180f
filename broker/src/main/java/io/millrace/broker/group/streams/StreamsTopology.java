package io.millrace.broker.group.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a Streams application consists of, as its members tell it. Immutable.
 *
 * @param epoch grows with each change that the application makes to it
 */
public record StreamsTopology(int epoch, List<Subtopology> subtopologies) {

  /** Takes a copy. */
  public StreamsTopology {
    subtopologies = List.copyOf(subtopologies);
  }

  /** All topics that it reads or keeps state in. */
  public Set<String> topics() {
    Set<String> names = new TreeSet<>();
    for (Subtopology each : subtopologies) {
      names.addAll(each.inputs());
      each.changelogs().forEach(topic -> names.add(topic.name()));
    }
    return names;
  }

  /** Whether it reads the topic. */
  public boolean reads(String topic) {
    return subtopologies.stream().anyMatch(each -> each.inputs().contains(topic));
  }

  /**
   * A part that is connected to others by topics only.
   *
   * @param sourceTopics that the application is given
   * @param sourcePatterns in place of names; none are accepted (as with Kafka)
   * @param changelogs of its state stores; their partitions follow from its tasks
   * @param repartitionSinks of other subtopologies that it writes to
   * @param repartitionSources that it reads
   */
  public record Subtopology(
      String id,
      List<String> sourceTopics,
      List<String> sourcePatterns,
      List<InternalTopic> changelogs,
      List<String> repartitionSinks,
      List<InternalTopic> repartitionSources,
      List<Copartitioned> copartitioned) {

    /** Takes copies. */
    public Subtopology {
      sourceTopics = List.copyOf(sourceTopics);
      sourcePatterns = List.copyOf(sourcePatterns);
      changelogs = List.copyOf(changelogs);
      repartitionSinks = List.copyOf(repartitionSinks);
      repartitionSources = List.copyOf(repartitionSources);
      copartitioned = List.copyOf(copartitioned);
    }

    /** The names of all topics that it reads. */
    public List<String> inputs() {
      List<String> names = new ArrayList<>(sourceTopics);
      repartitionSources.forEach(each -> names.add(each.name()));
      return names;
    }

    /** Whether it keeps state. */
    public boolean isStateful() {
      return !changelogs.isEmpty();
    }
  }

  /**
   * A topic that the application needs and the broker makes.
   *
   * @param partitions 0 where they follow from others
   * @param replicationFactor 0 for the node's default
   */
  public record InternalTopic(
      String name, int partitions, short replicationFactor, Map<String, String> settings) {

    /** Takes a copy. */
    public InternalTopic {
      settings = Map.copyOf(settings);
    }
  }

  /** Topics that need the same number of partitions, by their places in the subtopology's lists. */
  public record Copartitioned(
      List<Short> sourceTopics, List<Short> sourcePatterns, List<Short> repartitionSources) {

    /** Takes copies. */
    public Copartitioned {
      sourceTopics = List.copyOf(sourceTopics);
      sourcePatterns = List.copyOf(sourcePatterns);
      repartitionSources = List.copyOf(repartitionSources);
    }
  }
}
