package io.millrace.broker.group;

import io.millrace.core.SettingException;
import io.millrace.log.Durability;
import java.time.Duration;

/**
 * What can be told to the coordinator of consumer groups. Immutable.
 *
 * @param offsetsPartitions partitions of {@code __consumer_offsets}, fixed when the data folder is
 *     first used
 * @param offsetsDurability when a commit or an assignment may be answered
 * @param initialRebalanceDelay how long an empty group waits for more members before its first
 *     generation; 0 because people wait for their first record, and late members cost one rebalance
 * @param minSessionTimeout shorter ones are refused: each heartbeat costs a request
 * @param maxSessionTimeout longer ones are refused: a dead member holds its partitions for so long
 * @param maxGroupSize members of one group
 * @param maxGroups groups with members or offsets on this node
 * @param maxOffsetMetadataBytes of the text that a client stores beside an offset
 * @param offsetRetention an empty group's offsets are kept for this long
 * @param offsetRetentionCheckInterval time between two looks for those
 * @param consumer groups of the new protocol
 * @param share share groups
 * @param streams streams groups
 */
public record GroupSettings(
    int offsetsPartitions,
    Durability offsetsDurability,
    Duration initialRebalanceDelay,
    Duration minSessionTimeout,
    Duration maxSessionTimeout,
    int maxGroupSize,
    int maxGroups,
    int maxOffsetMetadataBytes,
    Duration offsetRetention,
    Duration offsetRetentionCheckInterval,
    ConsumerGroupSettings consumer,
    ShareGroupSettings share,
    StreamsGroupSettings streams) {

  /** Checks the ranges. */
  public GroupSettings {
    atLeast("groups.offsets.partitions", offsetsPartitions, 1);
    atLeast("groups.initial-rebalance-delay", initialRebalanceDelay.toMillis(), 0);
    atLeast("groups.min-session-timeout", minSessionTimeout.toMillis(), 1);
    atLeast(
        "groups.max-session-timeout", maxSessionTimeout.toMillis(), minSessionTimeout.toMillis());
    atLeast("groups.max-size", maxGroupSize, 1);
    atLeast("groups.max", maxGroups, 1);
    atLeast("groups.offset-metadata-max-size", maxOffsetMetadataBytes, 0);
    atLeast("groups.offsets-retention", offsetRetention.toMillis(), 1);
    atLeast("groups.offsets-retention-interval", offsetRetentionCheckInterval.toMillis(), 1);
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new SettingException(name, "is " + value, least + " or more");
    }
  }

  /** Kafka's defaults, but for the first rebalance's delay and the bounds that Kafka lacks. */
  public static GroupSettings defaults() {
    return new GroupSettings(
        8,
        Durability.COMMIT,
        Duration.ZERO,
        Duration.ofSeconds(6),
        Duration.ofMinutes(30),
        10_000,
        100_000,
        4096,
        Duration.ofDays(7),
        Duration.ofMinutes(10),
        ConsumerGroupSettings.defaults(),
        ShareGroupSettings.defaults(),
        StreamsGroupSettings.defaults());
  }

  /** With another number of partitions for committed offsets. */
  public GroupSettings withOffsetsPartitions(int partitions) {
    return new GroupSettings(
        partitions,
        offsetsDurability,
        initialRebalanceDelay,
        minSessionTimeout,
        maxSessionTimeout,
        maxGroupSize,
        maxGroups,
        maxOffsetMetadataBytes,
        offsetRetention,
        offsetRetentionCheckInterval,
        consumer,
        share,
        streams);
  }

  /** With commits answered earlier or later. */
  public GroupSettings withOffsetsDurability(Durability durability) {
    return new GroupSettings(
        offsetsPartitions,
        durability,
        initialRebalanceDelay,
        minSessionTimeout,
        maxSessionTimeout,
        maxGroupSize,
        maxGroups,
        maxOffsetMetadataBytes,
        offsetRetention,
        offsetRetentionCheckInterval,
        consumer,
        share,
        streams);
  }

  /** With another delay of the first rebalance. */
  public GroupSettings withInitialRebalanceDelay(Duration delay) {
    return new GroupSettings(
        offsetsPartitions,
        offsetsDurability,
        delay,
        minSessionTimeout,
        maxSessionTimeout,
        maxGroupSize,
        maxGroups,
        maxOffsetMetadataBytes,
        offsetRetention,
        offsetRetentionCheckInterval,
        consumer,
        share,
        streams);
  }

  /** With other bounds of the session timeout. */
  public GroupSettings withSessionTimeouts(Duration least, Duration most) {
    return new GroupSettings(
        offsetsPartitions,
        offsetsDurability,
        initialRebalanceDelay,
        least,
        most,
        maxGroupSize,
        maxGroups,
        maxOffsetMetadataBytes,
        offsetRetention,
        offsetRetentionCheckInterval,
        consumer,
        share,
        streams);
  }

  /** With other bounds on members and groups. */
  public GroupSettings withMaxSizes(int membersPerGroup, int groups) {
    return new GroupSettings(
        offsetsPartitions,
        offsetsDurability,
        initialRebalanceDelay,
        minSessionTimeout,
        maxSessionTimeout,
        membersPerGroup,
        groups,
        maxOffsetMetadataBytes,
        offsetRetention,
        offsetRetentionCheckInterval,
        consumer,
        share,
        streams);
  }

  /** With another patience for the offsets of empty groups. */
  public GroupSettings withOffsetRetention(Duration retention, Duration checkInterval) {
    return new GroupSettings(
        offsetsPartitions,
        offsetsDurability,
        initialRebalanceDelay,
        minSessionTimeout,
        maxSessionTimeout,
        maxGroupSize,
        maxGroups,
        maxOffsetMetadataBytes,
        retention,
        checkInterval,
        consumer,
        share,
        streams);
  }

  /** With other settings for groups of the new protocol. */
  public GroupSettings withConsumer(ConsumerGroupSettings settings) {
    return new GroupSettings(
        offsetsPartitions,
        offsetsDurability,
        initialRebalanceDelay,
        minSessionTimeout,
        maxSessionTimeout,
        maxGroupSize,
        maxGroups,
        maxOffsetMetadataBytes,
        offsetRetention,
        offsetRetentionCheckInterval,
        settings,
        share,
        streams);
  }

  /** With other settings for share groups. */
  public GroupSettings withShare(ShareGroupSettings settings) {
    return new GroupSettings(
        offsetsPartitions,
        offsetsDurability,
        initialRebalanceDelay,
        minSessionTimeout,
        maxSessionTimeout,
        maxGroupSize,
        maxGroups,
        maxOffsetMetadataBytes,
        offsetRetention,
        offsetRetentionCheckInterval,
        consumer,
        settings,
        streams);
  }

  /** With other settings for streams groups. */
  public GroupSettings withStreams(StreamsGroupSettings settings) {
    return new GroupSettings(
        offsetsPartitions,
        offsetsDurability,
        initialRebalanceDelay,
        minSessionTimeout,
        maxSessionTimeout,
        maxGroupSize,
        maxGroups,
        maxOffsetMetadataBytes,
        offsetRetention,
        offsetRetentionCheckInterval,
        consumer,
        share,
        settings);
  }
}
