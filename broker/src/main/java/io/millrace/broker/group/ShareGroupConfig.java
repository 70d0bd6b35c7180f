package io.millrace.broker.group;

import io.millrace.broker.group.share.OffsetReset;
import java.time.Duration;
import java.util.List;

/**
 * What holds for one share group: its own settings over the node's. Immutable.
 *
 * @param reset where a share-partition starts that nothing is known of
 * @param readCommitted whether only records of committed transactions are delivered
 * @param renewal whether members may ask for more time (KIP-1222)
 */
public record ShareGroupConfig(
    Duration sessionTimeout,
    Duration heartbeatInterval,
    Duration recordLockDuration,
    int deliveryCountLimit,
    int maxRecordLocks,
    OffsetReset reset,
    boolean readCommitted,
    boolean renewal) {

  // Bounds of a group's own settings, as Kafka has them by default.
  private static final int MOST_SESSION_MILLIS = 60_000;
  private static final int MOST_HEARTBEAT_MILLIS = 15_000;
  private static final int LEAST_DELIVERIES = 2;
  private static final int MOST_DELIVERIES = 10;
  private static final int LEAST_LOCKS = 100;
  private static final int MOST_LOCKS = 4000;

  private static final String SESSION = "share.session.timeout.ms";
  private static final String HEARTBEAT = "share.heartbeat.interval.ms";
  private static final String LOCK = "share.record.lock.duration.ms";
  private static final String DELIVERIES = "share.delivery.count.limit";
  private static final String LOCKS = "share.partition.max.record.locks";
  private static final String RESET = "share.auto.offset.reset";
  private static final String ISOLATION = "share.isolation.level";
  private static final String RENEWAL = "share.renew.acknowledge.enable";

  /** The settings that a share group can have, with the node's defaults. */
  public static List<GroupSetting> settings(ShareGroupSettings node) {
    return List.of(
        GroupSetting.number(
            SESSION,
            node.sessionTimeout().toMillis(),
            Math.min(node.sessionTimeout().toMillis(), MOST_SESSION_MILLIS),
            Math.max(node.sessionTimeout().toMillis(), MOST_SESSION_MILLIS),
            "A member that is silent for longer loses its partitions."),
        GroupSetting.number(
            HEARTBEAT,
            node.heartbeatInterval().toMillis(),
            Math.min(node.heartbeatInterval().toMillis(), MOST_HEARTBEAT_MILLIS),
            Math.max(node.heartbeatInterval().toMillis(), MOST_HEARTBEAT_MILLIS),
            "What members are told to wait between heartbeats."),
        GroupSetting.number(
            LOCK,
            node.recordLockDuration().toMillis(),
            node.minRecordLockDuration().toMillis(),
            node.maxRecordLockDuration().toMillis(),
            "How long a member may take over a record before others get it."),
        GroupSetting.number(
            DELIVERIES,
            node.deliveryCountLimit(),
            LEAST_DELIVERIES,
            Math.max(node.deliveryCountLimit(), MOST_DELIVERIES),
            "A record that was delivered so often is given up."),
        GroupSetting.number(
            LOCKS,
            node.maxRecordLocks(),
            Math.min(node.maxRecordLocks(), LEAST_LOCKS),
            Math.max(node.maxRecordLocks(), MOST_LOCKS),
            "Records of one partition that may be under way in the group."),
        GroupSetting.number(
            "share.assignment.interval.ms",
            0,
            0,
            0,
            "Partitions are assigned anew with the heartbeat that asks for it."),
        GroupSetting.never(
            "share.assignor.offload.enable",
            "Partitions are assigned on the thread of the group's coordinator."),
        new GroupSetting(
            RESET,
            GroupSetting.Type.STRING,
            "latest",
            "latest, earliest or by_duration:DURATION in ISO 8601",
            "Where the group starts in a partition that it has not read.",
            value -> OffsetReset.of(value) != null),
        new GroupSetting(
            ISOLATION,
            GroupSetting.Type.STRING,
            "read_uncommitted",
            "read_uncommitted or read_committed",
            "Whether only records of committed transactions are delivered.",
            value -> value.equals("read_uncommitted") || value.equals("read_committed")),
        new GroupSetting(
            RENEWAL,
            GroupSetting.Type.BOOLEAN,
            "true",
            "true or false",
            "Whether members may ask for more time for a record.",
            value -> value.equals("true") || value.equals("false")));
  }

  /**
   * What a group's settings mean.
   *
   * @throws io.millrace.broker.BrokerException with {@code INVALID_SETTING}
   */
  static ShareGroupConfig read(GroupSettingValues values) {
    values.checkSession(SESSION, HEARTBEAT);
    OffsetReset reset = OffsetReset.of(values.text(RESET));
    return new ShareGroupConfig(
        values.millis(SESSION),
        values.millis(HEARTBEAT),
        values.millis(LOCK),
        Math.toIntExact(values.number(DELIVERIES)),
        Math.toIntExact(values.number(LOCKS)),
        reset == null ? OffsetReset.LATEST : reset,
        values.text(ISOLATION).equals("read_committed"),
        values.flag(RENEWAL));
  }
}
