package io.millrace.broker.queue;

import org.jspecify.annotations.Nullable;

/**
 * A message handed to a consumer. Its consumer's thread owns it until it is settled; the place in
 * the queue is the queue's.
 */
public final class Delivery {

  private final MessageQueue queue;
  private final @Nullable QueueConsumer consumer;
  final QueuedMessage queued;
  private final boolean redelivered;
  private final int returns;
  private @Nullable Message message;

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
    returns = queued.returns;
  }

  /** The queue that it came from, which is to be told how it went. */
  public MessageQueue queue() {
    return queue;
  }

  /** Who got it, or null when it was asked for by name of the queue. */
  public @Nullable QueueConsumer consumer() {
    return consumer;
  }

  /**
   * The message.
   *
   * @throws IllegalStateException after {@link #sent}
   */
  public Message message() {
    Message held = message;
    if (held == null) {
      throw new IllegalStateException("the message has been sent, and is in its queue's log");
    }
    return held;
  }

  /** It has been sent on: what is in the queue's log too need not be kept in memory any more. */
  public void sent() {
    if (queued.offset >= 0) {
      message = null;
    }
  }

  /** How often it was handed over and came back, before this delivery. */
  public int returns() {
    return returns;
  }

  /** Whether somebody may have got it before. */
  public boolean redelivered() {
    return redelivered;
  }
}
