package io.millrace.broker.group;

import io.millrace.log.Durability;
import java.time.Duration;

/**
 * What can be told to the coordinator about committed offsets, and the topic that holds what groups
 * are. Immutable.
 *
 * @param partitions of {@code __consumer_offsets}, fixed when the data folder is first used
 * @param durability when a commit or an assignment may be answered
 * @param maxMetadataBytes of the text that a client stores beside an offset
 * @param retention an empty group's offsets are kept for this long
 * @param retentionCheckInterval time between two looks for those
 */
public record GroupOffsetSettings(
    int partitions,
    Durability durability,
    int maxMetadataBytes,
    Duration retention,
    Duration retentionCheckInterval) {

  /** Checks the ranges. */
  public GroupOffsetSettings {
    SettingBounds.atLeast("groups.offsets.partitions", partitions, 1);
    SettingBounds.atLeast("groups.offset-metadata-max-size", maxMetadataBytes, 0);
    SettingBounds.atLeast("groups.offsets-retention", retention.toMillis(), 1);
    SettingBounds.atLeast(
        "groups.offsets-retention-interval", retentionCheckInterval.toMillis(), 1);
  }

  /** Kafka's defaults, but for the number of partitions. */
  public static GroupOffsetSettings defaults() {
    return new GroupOffsetSettings(
        8, Durability.COMMIT, 4096, Duration.ofDays(7), Duration.ofMinutes(10));
  }

  /** With another number of partitions. */
  public GroupOffsetSettings withPartitions(int number) {
    return new GroupOffsetSettings(
        number, durability, maxMetadataBytes, retention, retentionCheckInterval);
  }
}
