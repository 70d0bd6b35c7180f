package io.millrace.broker.queue;

import org.jspecify.annotations.Nullable;

/**
 * A message handed to a consumer. Immutable, but for the place in the queue, which is the queue's.
 */
public final class Delivery {

  private final MessageQueue queue;
  private final @Nullable QueueConsumer consumer;
  final QueuedMessage queued;
  private final Message message;
  private final boolean redelivered;

  Delivery(
      MessageQueue queue,
      @Nullable QueueConsumer consumer,
      QueuedMessage queued,
      Message message,
      boolean redelivered) {
    this.queue = queue;
    this.consumer = consumer;
    this.queued = queued;
    this.message = message;
    this.redelivered = redelivered;
  }

  /** The queue that it came from, which is to be told how it went. */
  public MessageQueue queue() {
    return queue;
  }

  /** Who got it, or null when it was asked for by name of the queue. */
  public @Nullable QueueConsumer consumer() {
    return consumer;
  }

  /** The message. */
  public Message message() {
    return message;
  }

  /** Whether somebody may have got it before. */
  public boolean redelivered() {
    return redelivered;
  }

  /** How often it came back so far. */
  public int returns() {
    return queued.returns;
  }
}
