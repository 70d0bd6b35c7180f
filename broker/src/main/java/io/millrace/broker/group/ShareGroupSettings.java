package io.millrace.broker.group;

import java.time.Duration;

/**
 * What can be told to the coordinator about share groups (KIP-932). Immutable. A group's own
 * settings ({@link GroupSetting}) win over the first six, within the bounds.
 *
 * @param sessionTimeout a member that is silent for longer loses its partitions (Kafka's {@code
 *     group.share.session.timeout.ms})
 * @param heartbeatInterval what members are told to wait between heartbeats (Kafka's {@code
 *     group.share.heartbeat.interval.ms})
 * @param recordLockDuration how long a member may take over a record before others get it (Kafka's
 *     {@code group.share.record.lock.duration.ms})
 * @param minRecordLockDuration the shortest that a group may have
 * @param maxRecordLockDuration the longest that a group may have
 * @param deliveryCountLimit a record that was delivered so often is given up (Kafka's {@code
 *     group.share.delivery.count.limit})
 * @param maxRecordLocks records of one share-partition that may be under way (Kafka's {@code
 *     group.share.partition.max.record.locks})
 * @param maxSize members of one group (Kafka's {@code group.share.max.size})
 * @param maxSessions share sessions of the node (Kafka's {@code group.share.max.share.sessions})
 * @param statePartitions partitions of {@code __share_group_state}, fixed when the data folder is
 *     first used (Kafka's {@code share.coordinator.state.topic.num.partitions})
 * @param updatesPerSnapshot changes of a share-partition that are stored between two snapshots
 *     (Kafka's {@code share.coordinator.snapshot.update.records.per.snapshot})
 */
public record ShareGroupSettings(
    Duration sessionTimeout,
    Duration heartbeatInterval,
    Duration recordLockDuration,
    Duration minRecordLockDuration,
    Duration maxRecordLockDuration,
    int deliveryCountLimit,
    int maxRecordLocks,
    int maxSize,
    int maxSessions,
    int statePartitions,
    int updatesPerSnapshot) {

  /** Checks the ranges. */
  public ShareGroupSettings {
    SettingBounds.session("groups.share.", sessionTimeout, heartbeatInterval);
    long least = minRecordLockDuration.toMillis();
    long most = maxRecordLockDuration.toMillis();
    SettingBounds.range("groups.share.min-record-lock-duration", least, 1, Integer.MAX_VALUE);
    SettingBounds.range("groups.share.max-record-lock-duration", most, least, Integer.MAX_VALUE);
    SettingBounds.range(
        "groups.share.record-lock-duration", recordLockDuration.toMillis(), least, most);
    SettingBounds.range(
        "groups.share.delivery-count-limit", deliveryCountLimit, 2, Short.MAX_VALUE);
    SettingBounds.range("groups.share.max-record-locks", maxRecordLocks, 1, 1_000_000);
    SettingBounds.range("groups.share.max-size", maxSize, 1, Integer.MAX_VALUE);
    SettingBounds.range("groups.share.max-sessions", maxSessions, 1, Integer.MAX_VALUE);
    SettingBounds.range("groups.share.state-partitions", statePartitions, 1, 10_000);
    SettingBounds.range(
        "groups.share.updates-per-snapshot", updatesPerSnapshot, 1, Integer.MAX_VALUE);
  }

  /** Kafka's defaults, but for the partitions of the state, which are as many as of offsets. */
  public static ShareGroupSettings defaults() {
    return new ShareGroupSettings(
        Duration.ofSeconds(45),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(15),
        Duration.ofSeconds(60),
        5,
        2000,
        200,
        2000,
        8,
        500);
  }

  /** With other times for members. */
  public ShareGroupSettings withTimes(Duration session, Duration heartbeat) {
    return new ShareGroupSettings(
        session,
        heartbeat,
        recordLockDuration,
        minRecordLockDuration,
        maxRecordLockDuration,
        deliveryCountLimit,
        maxRecordLocks,
        maxSize,
        maxSessions,
        statePartitions,
        updatesPerSnapshot);
  }

  /** With another lock duration, which is also the shortest that a group may have. */
  public ShareGroupSettings withRecordLockDuration(Duration duration) {
    return new ShareGroupSettings(
        sessionTimeout,
        heartbeatInterval,
        duration,
        duration,
        maxRecordLockDuration,
        deliveryCountLimit,
        maxRecordLocks,
        maxSize,
        maxSessions,
        statePartitions,
        updatesPerSnapshot);
  }

  /** With another number of changes between two snapshots. */
  public ShareGroupSettings withUpdatesPerSnapshot(int updates) {
    return new ShareGroupSettings(
        sessionTimeout,
        heartbeatInterval,
        recordLockDuration,
        minRecordLockDuration,
        maxRecordLockDuration,
        deliveryCountLimit,
        maxRecordLocks,
        maxSize,
        maxSessions,
        statePartitions,
        updates);
  }
}
