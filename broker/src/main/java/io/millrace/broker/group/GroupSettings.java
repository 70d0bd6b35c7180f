package io.millrace.broker.group;

/**
 * What can be told to the coordinator of groups. Immutable.
 *
 * @param max groups with members or offsets on this node
 * @param offsets committed offsets
 * @param classic groups of the classic protocol
 * @param consumer consumer groups
 * @param share share groups
 * @param streams streams groups
 */
public record GroupSettings(
    int max,
    GroupOffsetSettings offsets,
    ClassicGroupSettings classic,
    ConsumerGroupSettings consumer,
    ShareGroupSettings share,
    StreamsGroupSettings streams) {

  /** Checks the range. */
  public GroupSettings {
    SettingBounds.atLeast("groups.max", max, 1);
  }

  /** The defaults of each, with a bound on groups. */
  public static GroupSettings defaults() {
    return new GroupSettings(
        100_000,
        GroupOffsetSettings.defaults(),
        ClassicGroupSettings.defaults(),
        ConsumerGroupSettings.defaults(),
        ShareGroupSettings.defaults(),
        StreamsGroupSettings.defaults());
  }

  /** With another number of partitions for committed offsets. */
  public GroupSettings withOffsetsPartitions(int partitions) {
    return new GroupSettings(
        max, offsets.withPartitions(partitions), classic, consumer, share, streams);
  }

  /** With other settings for groups of the classic protocol. */
  public GroupSettings withClassic(ClassicGroupSettings settings) {
    return new GroupSettings(max, offsets, settings, consumer, share, streams);
  }

  /** With other settings for consumer groups. */
  public GroupSettings withConsumer(ConsumerGroupSettings settings) {
    return new GroupSettings(max, offsets, classic, settings, share, streams);
  }

  /** With other settings for share groups. */
  public GroupSettings withShare(ShareGroupSettings settings) {
    return new GroupSettings(max, offsets, classic, consumer, settings, streams);
  }

  /** With other settings for streams groups. */
  public GroupSettings withStreams(StreamsGroupSettings settings) {
    return new GroupSettings(max, offsets, classic, consumer, share, settings);
  }
}
