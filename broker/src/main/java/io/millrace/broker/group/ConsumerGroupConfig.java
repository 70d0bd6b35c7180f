package io.millrace.broker.group;

import java.time.Duration;
import java.util.List;

/** What holds for one group of the new protocol: its own settings over the node's. Immutable. */
public record ConsumerGroupConfig(Duration sessionTimeout, Duration heartbeatInterval) {

  private static final String SESSION = "consumer.session.timeout.ms";
  private static final String HEARTBEAT = "consumer.heartbeat.interval.ms";

  /** The settings that such a group can have, with the node's defaults. */
  public static List<GroupSetting> settings(ConsumerGroupSettings node) {
    return List.of(
        GroupSetting.number(
            SESSION,
            node.sessionTimeout().toMillis(),
            node.minSessionTimeout().toMillis(),
            node.maxSessionTimeout().toMillis(),
            "A member that is silent for longer loses its partitions."),
        GroupSetting.number(
            HEARTBEAT,
            node.heartbeatInterval().toMillis(),
            node.minHeartbeatInterval().toMillis(),
            node.maxHeartbeatInterval().toMillis(),
            "What members are told to wait between heartbeats."),
        GroupSetting.number(
            "consumer.assignment.interval.ms",
            0,
            0,
            0,
            "Partitions are assigned anew with the heartbeat that asks for it."),
        GroupSetting.never(
            "consumer.assignor.offload.enable",
            "Partitions are assigned on the thread of the group's coordinator."));
  }

  /**
   * What a group's settings mean.
   *
   * @throws io.millrace.broker.BrokerException with {@code INVALID_SETTING}
   */
  static ConsumerGroupConfig read(GroupSettingValues values) {
    values.checkSession(SESSION, HEARTBEAT);
    return new ConsumerGroupConfig(values.millis(SESSION), values.millis(HEARTBEAT));
  }
}
