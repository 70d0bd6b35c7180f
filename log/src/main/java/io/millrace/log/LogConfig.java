package io.millrace.log;

import java.time.Duration;

/**
 * How one partition's log behaves. Immutable; a topic's settings make one.
 *
 * @param segmentBytes a segment is closed before it would grow past this many bytes
 * @param segmentAge a segment is closed once its first append is this long ago
 * @param indexIntervalBytes at most one index entry for this many bytes of batches
 * @param maxBatchBytes larger batches are refused
 * @param retentionBytes the oldest closed segments go as long as this many bytes remain; -1 for no
 *     limit
 * @param retentionAge closed segments whose newest record is older go; negative for no limit
 * @param cleanup what happens to old records
 * @param durability when an append may be acknowledged
 * @param flushInterval time between forces under {@link Durability#INTERVAL}
 * @param appendTime true to stamp batches with the time of append instead of the producer's
 * @param segmentJitter a segment is closed up to this much before {@code segmentAge}, each at
 *     another moment, so that logs made together do not all begin a file together
 * @param maxIndexBytes a segment is closed once one of its indexes has this many bytes
 * @param fileDeleteDelay files of segments that expired stay on disk this long, under another name
 * @param records what a producer's records must be like
 * @param compaction when a compacted log is compacted, and what goes
 */
public record LogConfig(
    int segmentBytes,
    Duration segmentAge,
    int indexIntervalBytes,
    int maxBatchBytes,
    long retentionBytes,
    Duration retentionAge,
    Cleanup cleanup,
    Durability durability,
    Duration flushInterval,
    boolean appendTime,
    Duration segmentJitter,
    int maxIndexBytes,
    Duration fileDeleteDelay,
    RecordLimits records,
    CompactionConfig compaction) {

  /** What happens to old records: see Kafka's {@code cleanup.policy}. */
  public enum Cleanup {
    DELETE,
    COMPACT,
    COMPACT_AND_DELETE
  }

  /** With Kafka's defaults for what is not given, and records of any time. */
  public LogConfig(
      int segmentBytes,
      Duration segmentAge,
      int indexIntervalBytes,
      int maxBatchBytes,
      long retentionBytes,
      Duration retentionAge,
      Cleanup cleanup,
      Durability durability,
      Duration flushInterval,
      boolean appendTime) {
    this(
        segmentBytes,
        segmentAge,
        indexIntervalBytes,
        maxBatchBytes,
        retentionBytes,
        retentionAge,
        cleanup,
        durability,
        flushInterval,
        appendTime,
        Duration.ZERO,
        10 * 1024 * 1024,
        Duration.ofMinutes(1),
        RecordLimits.NONE,
        CompactionConfig.DEFAULT);
  }

  /** With other rules of compaction. */
  public LogConfig withCompaction(CompactionConfig rules) {
    return new LogConfig(
        segmentBytes,
        segmentAge,
        indexIntervalBytes,
        maxBatchBytes,
        retentionBytes,
        retentionAge,
        cleanup,
        durability,
        flushInterval,
        appendTime,
        segmentJitter,
        maxIndexBytes,
        fileDeleteDelay,
        records,
        rules);
  }

  /** With other demands on records. */
  public LogConfig withRecords(RecordLimits limits) {
    return new LogConfig(
        segmentBytes,
        segmentAge,
        indexIntervalBytes,
        maxBatchBytes,
        retentionBytes,
        retentionAge,
        cleanup,
        durability,
        flushInterval,
        appendTime,
        segmentJitter,
        maxIndexBytes,
        fileDeleteDelay,
        limits,
        compaction);
  }

  /** With other bounds of a segment. */
  public LogConfig withSegments(Duration jitter, int indexBytes, Duration deleteDelay) {
    return new LogConfig(
        segmentBytes,
        segmentAge,
        indexIntervalBytes,
        maxBatchBytes,
        retentionBytes,
        retentionAge,
        cleanup,
        durability,
        flushInterval,
        appendTime,
        jitter,
        indexBytes,
        deleteDelay,
        records,
        compaction);
  }

  /** Kafka's own defaults. */
  public static final LogConfig DEFAULT =
      new LogConfig(
              1 << 30,
              Duration.ofDays(7),
              4096,
              1_048_588,
              -1,
              Duration.ofDays(7),
              Cleanup.DELETE,
              Durability.OS,
              Duration.ofSeconds(1),
              false)
          .withRecords(RecordLimits.DEFAULT);
}
