package io.millrace.app.config;

import io.millrace.log.Durability;
import java.time.Duration;
import java.util.List;

/** What topics are like that do not say otherwise, and the care of their logs. */
public final class TopicKeys {

  public static final Key<Integer> PARTITIONS =
      new Key<>(
          "topics.partitions",
          Kind.count(1, 10_000),
          "1",
          "Partitions of a topic whose creator does not say.");
  public static final Key<Durability> DURABILITY =
      new Key<>(
          "topics.durability",
          Kind.oneOf(Durability.class),
          "os",
          "When a record counts as stored: `os` in the page cache, `interval` forced to disk"
              + " regularly, `commit` forced to disk before it is acknowledged.");
  public static final Key<Duration> FLUSH_INTERVAL =
      new Key<>(
          "topics.flush-interval",
          Kind.DURATION,
          "1s",
          "Time between two forces to disk under `interval`.");
  public static final Key<Duration> RETENTION_TIME =
      new Key<>(
          "topics.retention-time", Kind.DURATION, "7d", "Records older than this are deleted.");
  public static final Key<Long> RETENTION_SIZE =
      new Key<>(
          "topics.retention-size",
          Kind.BYTES,
          null,
          "A partition's oldest records are deleted while it is larger; without it, no limit.");
  public static final Key<Long> SEGMENT_SIZE =
      new Key<>(
          "topics.segment-size",
          Kind.bytesTo(Integer.MAX_VALUE),
          "1GiB",
          "Size of a segment's file; records are deleted by whole segments.");
  public static final Key<Long> MAX_BATCH_SIZE =
      new Key<>(
          "topics.max-batch-size",
          Kind.bytesTo(1L << 30),
          "1048588",
          "The largest batch of records that a topic takes.");

  /** Path of the list of further settings that topics have where they do not say otherwise. */
  public static final String SETTINGS = "topics.settings[]";

  public static final Key<String> SETTING_NAME =
      new Key<>(
          "topics.settings[].name",
          Kind.TEXT,
          null,
          "A setting of docs/topic-settings.md, by its name there.");
  public static final Key<String> SETTING_VALUE =
      new Key<>(
          "topics.settings[].value",
          Kind.TEXT,
          null,
          "What it is for topics that do not say otherwise.");
  public static final Key<Duration> PRODUCER_EXPIRY =
      new Key<>(
          "topics.producer-expiry",
          Kind.DURATION,
          "1d",
          "An idempotent producer that is silent for this long is forgotten.");
  public static final Key<Integer> COMPACTION_THREADS =
      new Key<>(
          "compaction.threads",
          Kind.count(1, 1024),
          "1",
          "Partitions that are compacted at a time.");
  public static final Key<Long> COMPACTION_MAP_SIZE =
      new Key<>(
          "compaction.map-size",
          Kind.bytesTo(1L << 40),
          "32MiB",
          "Most memory for the keys of all rounds of compaction: 24 bytes each, at three quarters"
              + " full. A log with more keys takes more rounds.");
  public static final Key<Long> COMPACTION_MAX_RATE =
      new Key<>(
          "compaction.max-rate",
          Kind.bytesTo(1L << 50),
          null,
          "Most bytes that compaction reads and writes in a second; without it, no limit.");
  public static final Key<Duration> COMPACTION_INTERVAL =
      new Key<>(
          "compaction.interval",
          Kind.DURATION,
          "15s",
          "Time between two looks for partitions that are to be compacted.");
  public static final Key<Duration> RETENTION_INTERVAL =
      new Key<>(
          "topics.retention-interval",
          Kind.DURATION,
          "5m",
          "Time between two looks for segments that are past their retention.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(
          PARTITIONS,
          DURABILITY,
          FLUSH_INTERVAL,
          RETENTION_TIME,
          RETENTION_SIZE,
          SEGMENT_SIZE,
          MAX_BATCH_SIZE,
          RETENTION_INTERVAL,
          SETTING_NAME,
          SETTING_VALUE,
          PRODUCER_EXPIRY,
          COMPACTION_THREADS,
          COMPACTION_MAP_SIZE,
          COMPACTION_MAX_RATE,
          COMPACTION_INTERVAL);

  private TopicKeys() {}
}
