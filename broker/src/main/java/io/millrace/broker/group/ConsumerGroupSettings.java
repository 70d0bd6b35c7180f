package io.millrace.broker.group;

import io.millrace.broker.group.consumer.Assignor;
import io.millrace.core.SettingException;
import java.time.Duration;
import java.util.List;

/**
 * What can be told to the coordinator about groups of the new protocol (KIP-848). Immutable.
 *
 * @param sessionTimeout a member that is silent for longer loses its partitions (Kafka's {@code
 *     group.consumer.session.timeout.ms})
 * @param heartbeatInterval what members are told to wait between heartbeats (Kafka's {@code
 *     group.consumer.heartbeat.interval.ms})
 * @param maxSize members of one group (Kafka's {@code group.consumer.max.size})
 * @param assignors those that members may ask for; the first is for groups that ask for none
 *     (Kafka's {@code group.consumer.assignors})
 */
public record ConsumerGroupSettings(
    Duration sessionTimeout, Duration heartbeatInterval, int maxSize, List<String> assignors) {

  /** Checks the ranges. */
  public ConsumerGroupSettings {
    atLeast("groups.consumer.heartbeat.interval.ms", heartbeatInterval.toMillis(), 1);
    atLeast(
        "groups.consumer.session.timeout.ms",
        sessionTimeout.toMillis(),
        heartbeatInterval.toMillis() + 1);
    atLeast("groups.consumer.max.size", maxSize, 1);
    assignors = List.copyOf(assignors);
    List<String> known = Assignor.ALL.stream().map(Assignor::name).toList();
    if (assignors.isEmpty() || !known.containsAll(assignors)) {
      throw new SettingException(
          "groups.consumer.assignors", "is " + assignors, "one or more of " + known);
    }
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new SettingException(name, "is " + value, least + " or more");
    }
  }

  /** Kafka's defaults, with a bound on members. */
  public static ConsumerGroupSettings defaults() {
    return new ConsumerGroupSettings(
        Duration.ofSeconds(45),
        Duration.ofSeconds(5),
        10_000,
        Assignor.ALL.stream().map(Assignor::name).toList());
  }

  /** With other times. */
  public ConsumerGroupSettings withTimes(Duration session, Duration heartbeat) {
    return new ConsumerGroupSettings(session, heartbeat, maxSize, assignors);
  }

  /** With another bound on members. */
  public ConsumerGroupSettings withMaxSize(int members) {
    return new ConsumerGroupSettings(sessionTimeout, heartbeatInterval, members, assignors);
  }
}
