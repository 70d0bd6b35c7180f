package io.millrace.broker.group.streams;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a streams group and in no record: its members say it again after a restart.
 * Confined to the mailbox of the group's shard.
 */
public final class StreamsGroupMemory {

  private final Map<String, ReportedOffsets> reported = new HashMap<>();
  private final Set<String> telling = new HashSet<>();
  private int endpointEpoch;
  private @Nullable String shutdownBy;
  private long assignNotBeforeNanos;
  private boolean delayed;
  private @Nullable TopologyDescription description;

  /**
   * Nothing is known yet.
   *
   * @param firstEndpointEpoch one that members cannot have been told before a restart
   */
  public StreamsGroupMemory(int firstEndpointEpoch) {
    endpointEpoch = firstEndpointEpoch;
  }

  /**
   * A member has said how far its state has come; of tasks that the group does not have nothing.
   */
  public void report(StreamsHeartbeat heartbeat, ResolvedTopology topology) {
    if (heartbeat.tellsProgress()) {
      telling.add(heartbeat.memberId());
    }
    if (heartbeat.offsets() != null || heartbeat.ends() != null) {
      reported.put(
          heartbeat.memberId(),
          of(heartbeat.memberId())
              .with(known(heartbeat.offsets(), topology), known(heartbeat.ends(), topology)));
    }
  }

  private static @Nullable Map<TaskId, Long> known(
      @Nullable Map<TaskId, Long> offsets, ResolvedTopology topology) {
    if (offsets == null) {
      return null;
    }
    Map<TaskId, Long> known = new HashMap<>(offsets);
    known.keySet().removeIf(task -> !topology.has(task));
    return known;
  }

  /** What a member has reported. */
  public ReportedOffsets of(String memberId) {
    return reported.getOrDefault(memberId, ReportedOffsets.NONE);
  }

  /** Whether a member's program reports how far its state has come. */
  public boolean isTelling(String memberId) {
    return telling.contains(memberId);
  }

  /** A member has gone. */
  public void forget(String memberId) {
    reported.remove(memberId);
    telling.remove(memberId);
  }

  /** Counts the changes of where tasks can be queried. */
  public int endpointEpoch() {
    return endpointEpoch;
  }

  /** Something has changed in where tasks can be queried. */
  public void endpointsChanged() {
    endpointEpoch = endpointEpoch == Integer.MAX_VALUE ? 0 : endpointEpoch + 1;
  }

  /** The member that has asked all to shut down, or null; it counts until all have gone. */
  public @Nullable String shutdownBy() {
    return shutdownBy;
  }

  /** A member asks all to shut down; null when all have gone. */
  public void shutDown(@Nullable String memberId) {
    shutdownBy = memberId;
  }

  /** What a member has told about the topology's inner nodes, or null. */
  public @Nullable TopologyDescription description() {
    return description;
  }

  /** A member describes the topology. */
  public void describe(TopologyDescription told) {
    description = told;
  }

  /** Tasks are not to be shared out before that time. */
  public void delay(long untilNanos) {
    assignNotBeforeNanos = untilNanos;
    delayed = true;
  }

  /** Whether it is still too early to share tasks out. */
  public boolean isDelayed(long nowNanos) {
    if (delayed && nowNanos - assignNotBeforeNanos >= 0) {
      delayed = false;
    }
    return delayed;
  }
}
