package io.millrace.broker.group;

import io.millrace.broker.group.consumer.Assignor;
import io.millrace.core.SettingException;
import java.time.Duration;
import java.util.List;

/**
 * What can be told to the coordinator about groups of the new protocol (KIP-848). Immutable. A
 * group's own settings ({@link ConsumerGroupConfig}) win over session timeout and heartbeat
 * interval, within the bounds.
 *
 * @param sessionTimeout a member that is silent for longer loses its partitions (Kafka's {@code
 *     group.consumer.session.timeout.ms})
 * @param minSessionTimeout the shortest that a group may have
 * @param maxSessionTimeout the longest that a group may have
 * @param heartbeatInterval what members are told to wait between heartbeats (Kafka's {@code
 *     group.consumer.heartbeat.interval.ms})
 * @param minHeartbeatInterval the shortest that a group may have
 * @param maxHeartbeatInterval the longest that a group may have
 * @param maxSize members of one group (Kafka's {@code group.consumer.max.size})
 * @param assignors those that members may ask for; the first is for groups that ask for none
 *     (Kafka's {@code group.consumer.assignors})
 */
public record ConsumerGroupSettings(
    Duration sessionTimeout,
    Duration minSessionTimeout,
    Duration maxSessionTimeout,
    Duration heartbeatInterval,
    Duration minHeartbeatInterval,
    Duration maxHeartbeatInterval,
    int maxSize,
    List<String> assignors) {

  /** Checks the ranges. */
  public ConsumerGroupSettings {
    bounds(
        "groups.consumer.",
        "heartbeat-interval",
        heartbeatInterval,
        minHeartbeatInterval,
        maxHeartbeatInterval);
    bounds(
        "groups.consumer.",
        "session-timeout",
        sessionTimeout,
        minSessionTimeout,
        maxSessionTimeout);
    SettingBounds.session("groups.consumer.", sessionTimeout, heartbeatInterval);
    SettingBounds.atLeast("groups.consumer.max-size", maxSize, 1);
    assignors = List.copyOf(assignors);
    List<String> known = Assignor.ALL.stream().map(Assignor::name).toList();
    if (assignors.isEmpty() || !known.containsAll(assignors)) {
      throw new SettingException(
          "groups.consumer.assignors", "is " + assignors, "one or more of " + known);
    }
  }

  private static void bounds(
      String section, String name, Duration usual, Duration least, Duration most) {
    SettingBounds.atLeast(section + "min-" + name, least.toMillis(), 1);
    if (usual.compareTo(least) < 0 || usual.compareTo(most) > 0) {
      throw new SettingException(
          section + name,
          "is " + usual.toMillis() + " ms",
          least.toMillis() + " to " + most.toMillis() + " ms (min-" + name + ", max-" + name + ")");
    }
  }

  /** Kafka's defaults, with a bound on members. */
  public static ConsumerGroupSettings defaults() {
    return new ConsumerGroupSettings(
        Duration.ofSeconds(45),
        Duration.ofSeconds(45),
        Duration.ofSeconds(60),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        10_000,
        Assignor.ALL.stream().map(Assignor::name).toList());
  }

  /** With other times, which groups may have too. */
  public ConsumerGroupSettings withTimes(Duration session, Duration heartbeat) {
    return new ConsumerGroupSettings(
        session,
        least(session, minSessionTimeout),
        most(session, maxSessionTimeout),
        heartbeat,
        least(heartbeat, minHeartbeatInterval),
        most(heartbeat, maxHeartbeatInterval),
        maxSize,
        assignors);
  }

  private static Duration least(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Duration most(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** With another bound on members. */
  public ConsumerGroupSettings withMaxSize(int members) {
    return new ConsumerGroupSettings(
        sessionTimeout,
        minSessionTimeout,
        maxSessionTimeout,
        heartbeatInterval,
        minHeartbeatInterval,
        maxHeartbeatInterval,
        members,
        assignors);
  }
}
