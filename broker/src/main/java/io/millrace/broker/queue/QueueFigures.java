package io.millrace.broker.queue;

import org.jspecify.annotations.Nullable;

/**
 * Where the messages of a queue are, at one moment.
 *
 * @param readyInMemory those that wait and whose bodies are in memory
 * @param out those that are with consumers
 * @param outInMemory those of them that are in no log
 * @param persistent those that outlive the node, waiting or out
 * @param pagedOut transient ones that wait on disk, since memory has no room for them
 * @param deadLetters those that wait until another queue takes them as dead letters, or are on
 *     their way to one
 * @param headTimestampSeconds what the next message says of its time, since the Unix epoch; null
 *     when it says nothing, or is not in memory
 */
public record QueueFigures(
    Sum readyInMemory,
    Sum out,
    Sum outInMemory,
    Sum persistent,
    Sum pagedOut,
    Sum deadLetters,
    @Nullable Long headTimestampSeconds) {

  /** None at all. */
  static final QueueFigures NONE =
      new QueueFigures(Sum.NONE, Sum.NONE, Sum.NONE, Sum.NONE, Sum.NONE, Sum.NONE, null);

  /**
   * How many, and how long their bodies are together.
   *
   * @param bytes of bodies
   */
  public record Sum(long messages, long bytes) {

    static final Sum NONE = new Sum(0, 0);

    /** Both together. */
    public Sum plus(Sum other) {
      return new Sum(messages + other.messages, bytes + other.bytes);
    }
  }
}
