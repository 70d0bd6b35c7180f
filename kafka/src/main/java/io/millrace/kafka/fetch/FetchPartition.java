package io.millrace.kafka.fetch;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A partition that a consumer reads, and where it stands. Two are equal when they name the same
 * partition. Confined to the connection's event loop; in a session it lives as long as that.
 */
final class FetchPartition {

  private final @Nullable String topic;
  private final @Nullable UUID topicId;
  private final int index;
  private int leaderEpoch;
  private long offset;
  private int maxBytes;
  private long toldHighWatermark = -1;
  private long toldLastStableOffset = -1;
  private long toldStartOffset = -1;
  private boolean ready;
  private boolean left;

  /** Named by its topic's name or by its topic's id. */
  FetchPartition(
      @Nullable String topic,
      @Nullable UUID topicId,
      int index,
      int leaderEpoch,
      long offset,
      int maxBytes) {
    this.topic = topic;
    this.topicId = topicId;
    this.index = index;
    this.leaderEpoch = leaderEpoch;
    this.offset = offset;
    this.maxBytes = maxBytes;
  }

  @Nullable String topic() {
    return topic;
  }

  @Nullable UUID topicId() {
    return topicId;
  }

  int index() {
    return index;
  }

  /** The epoch that the client believes in, or -1. */
  int leaderEpoch() {
    return leaderEpoch;
  }

  long offset() {
    return offset;
  }

  int maxBytes() {
    return maxBytes;
  }

  boolean sameTopic(FetchPartition other) {
    return Objects.equals(topic, other.topic) && Objects.equals(topicId, other.topicId);
  }

  /** Takes over the position that the client has sent anew. */
  void moveTo(FetchPartition asked) {
    leaderEpoch = asked.leaderEpoch;
    offset = asked.offset;
    maxBytes = asked.maxBytes;
  }

  /** True when the client does not know these yet. */
  boolean isNews(long highWatermark, long lastStableOffset, long startOffset) {
    return highWatermark != toldHighWatermark
        || lastStableOffset != toldLastStableOffset
        || startOffset != toldStartOffset;
  }

  void told(long highWatermark, long lastStableOffset, long startOffset) {
    toldLastStableOffset = lastStableOffset;
    toldHighWatermark = highWatermark;
    toldStartOffset = startOffset;
  }

  /** Whether its session has it among those to look at. */
  boolean ready() {
    return ready;
  }

  void ready(boolean now) {
    ready = now;
  }

  /** The client has taken it out of the session. */
  void leave() {
    left = true;
  }

  boolean hasLeft() {
    return left;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FetchPartition that && index == that.index && sameTopic(that);
  }

  @Override
  public int hashCode() {
    return 31 * (topicId != null ? topicId.hashCode() : Objects.hashCode(topic)) + index;
  }
}
