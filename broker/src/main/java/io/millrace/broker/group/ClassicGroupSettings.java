package io.millrace.broker.group;

import java.time.Duration;

/**
 * What can be told to the coordinator about groups of the classic protocol. Immutable.
 *
 * @param initialRebalanceDelay how long an empty group waits for more members before its first
 *     generation; 0 because people wait for their first record, and late members cost one rebalance
 * @param minSessionTimeout shorter ones are refused: each heartbeat costs a request
 * @param maxSessionTimeout longer ones are refused: a dead member holds its partitions for so long
 * @param maxSize members of one group
 */
public record ClassicGroupSettings(
    Duration initialRebalanceDelay,
    Duration minSessionTimeout,
    Duration maxSessionTimeout,
    int maxSize) {

  /** Checks the ranges. */
  public ClassicGroupSettings {
    SettingBounds.atLeast("groups.initial-rebalance-delay", initialRebalanceDelay.toMillis(), 0);
    SettingBounds.atLeast("groups.min-session-timeout", minSessionTimeout.toMillis(), 1);
    SettingBounds.atLeast(
        "groups.max-session-timeout", maxSessionTimeout.toMillis(), minSessionTimeout.toMillis());
    SettingBounds.atLeast("groups.max-size", maxSize, 1);
  }

  /** Kafka's defaults, but for the first rebalance's delay and the bound on members. */
  public static ClassicGroupSettings defaults() {
    return new ClassicGroupSettings(
        Duration.ZERO, Duration.ofSeconds(6), Duration.ofMinutes(30), 10_000);
  }

  /** With another delay of the first rebalance. */
  public ClassicGroupSettings withInitialRebalanceDelay(Duration delay) {
    return new ClassicGroupSettings(delay, minSessionTimeout, maxSessionTimeout, maxSize);
  }

  /** With another bound on members. */
  public ClassicGroupSettings withMaxSize(int members) {
    return new ClassicGroupSettings(
        initialRebalanceDelay, minSessionTimeout, maxSessionTimeout, members);
  }
}
