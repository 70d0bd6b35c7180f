package io.millrace.console.live;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node did in the second before {@code time} (milliseconds since the Unix epoch), and where
 * it stands. Rates are per second.
 *
 * @param topics the busiest {@value Sampler#MOST_TOPICS} at most; {@code total} counts all
 * @param groups the {@value Sampler#MOST_GROUPS} with the largest lag at most
 * @param kafka null on a node without a Kafka port
 * @param edge null on a node without an edge
 */
record Snapshot(
    long time,
    Total total,
    @Nullable KafkaRate kafka,
    List<TopicRate> topics,
    List<GroupRate> groups,
    List<JobRate> jobs,
    @Nullable EdgeRate edge,
    ProcessRate process) {

  /** All topics together, internal ones included. */
  record Total(
      int topics, int partitions, double recordsPerSecond, double bytesPerSecond, long sizeBytes) {}

  /** The Kafka port. */
  record KafkaRate(double bytesInPerSecond, double bytesOutPerSecond, int connections) {}

  /**
   * A topic.
   *
   * @param recordsPerSecond offsets given out
   * @param bytesPerSecond growth of its logs, not less than 0
   */
  record TopicRate(String topic, double recordsPerSecond, double bytesPerSecond) {}

  /** A consumer group; its lag in records over all partitions. */
  record GroupRate(String group, long lag) {}

  /**
   * A job that runs.
   *
   * @param watermarkLagMillis by how much its slowest watermark is behind the clock; null before
   *     there is one
   */
  record JobRate(
      String id,
      String name,
      double rowsInPerSecond,
      double rowsOutPerSecond,
      long lagRecords,
      @Nullable Long watermarkLagMillis) {}

  /**
   * The edge.
   *
   * @param hitRatio of this second's requests; null when there was none that a cache may answer
   */
  record EdgeRate(
      double requestsPerSecond,
      double bytesPerSecond,
      double eventsPerSecond,
      double originFetchesPerSecond,
      @Nullable Double hitRatio,
      long viewers,
      int openConnections) {}

  /**
   * The process.
   *
   * @param cpuCores processor time per time: 1 is one core in full use
   * @param residentBytes -1 where the system does not tell
   */
  record ProcessRate(
      double cpuCores,
      long heapUsedBytes,
      long heapCommittedBytes,
      long residentBytes,
      int threads,
      double collectionMillisPerSecond) {}
}
