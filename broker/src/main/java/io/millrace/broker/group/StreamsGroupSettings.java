package io.millrace.broker.group;

import java.time.Duration;

/**
 * What can be told to the coordinator about streams groups (KIP-1071). Immutable. A group's own
 * settings ({@link StreamsGroupConfig}) win over all but the last.
 *
 * @param sessionTimeout a member that is silent for longer loses its tasks (Kafka's {@code
 *     group.streams.session.timeout.ms})
 * @param heartbeatInterval what members are told to wait between heartbeats (Kafka's {@code
 *     group.streams.heartbeat.interval.ms})
 * @param initialRebalanceDelay how long an empty group waits for more members before its tasks are
 *     shared out; 0 because people wait for their first record (Kafka's {@code
 *     group.streams.initial.rebalance.delay.ms})
 * @param standbyReplicas standby tasks of each task with state (Kafka's {@code
 *     group.streams.num.standby.replicas})
 * @param warmupReplicas tasks of a group that may be warmed up at a time (Kafka's {@code
 *     group.streams.num.warmup.replicas})
 * @param acceptableRecoveryLag records that a state may be behind when its task is moved (Kafka's
 *     {@code group.streams.acceptable.recovery.lag})
 * @param taskOffsetInterval after which members tell anew how far their state has come (Kafka's
 *     {@code group.streams.task.offset.interval.ms})
 * @param maxSize members of one group (Kafka's {@code group.streams.max.size})
 */
public record StreamsGroupSettings(
    Duration sessionTimeout,
    Duration heartbeatInterval,
    Duration initialRebalanceDelay,
    int standbyReplicas,
    int warmupReplicas,
    long acceptableRecoveryLag,
    Duration taskOffsetInterval,
    int maxSize) {

  /** Checks the ranges. */
  public StreamsGroupSettings {
    SettingBounds.session("groups.streams.", sessionTimeout, heartbeatInterval);
    SettingBounds.atLeast(
        "groups.streams.initial-rebalance-delay", initialRebalanceDelay.toMillis(), 0);
    SettingBounds.atLeast("groups.streams.standby-replicas", standbyReplicas, 0);
    SettingBounds.atLeast("groups.streams.warmup-replicas", warmupReplicas, 0);
    SettingBounds.atLeast("groups.streams.acceptable-recovery-lag", acceptableRecoveryLag, 0);
    SettingBounds.atLeast("groups.streams.task-offset-interval", taskOffsetInterval.toMillis(), 1);
    SettingBounds.atLeast("groups.streams.max-size", maxSize, 1);
  }

  /** Kafka's defaults, but for the first rebalance's delay and the bound on members. */
  public static StreamsGroupSettings defaults() {
    return new StreamsGroupSettings(
        Duration.ofSeconds(45),
        Duration.ofSeconds(5),
        Duration.ZERO,
        0,
        2,
        10_000,
        Duration.ofMinutes(1),
        10_000);
  }

  /** With other times for members. */
  public StreamsGroupSettings withTimes(Duration session, Duration heartbeat) {
    return new StreamsGroupSettings(
        session,
        heartbeat,
        initialRebalanceDelay,
        standbyReplicas,
        warmupReplicas,
        acceptableRecoveryLag,
        taskOffsetInterval,
        maxSize);
  }

  /** With another bound on members. */
  public StreamsGroupSettings withMaxSize(int members) {
    return new StreamsGroupSettings(
        sessionTimeout,
        heartbeatInterval,
        initialRebalanceDelay,
        standbyReplicas,
        warmupReplicas,
        acceptableRecoveryLag,
        taskOffsetInterval,
        members);
  }
}
