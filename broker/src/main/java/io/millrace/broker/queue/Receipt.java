package io.millrace.broker.queue;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the queues that a message goes to, and tells its publisher once all of them have taken it
 * as durably as they promise, or one has refused it.
 */
public abstract class Receipt {

  private final AtomicInteger left;
  private volatile boolean refused;

  /** For a message that goes to so many queues. */
  protected Receipt(int queues) {
    left = new AtomicInteger(queues);
  }

  /** A queue has taken the message, or refused it. Any thread. */
  final void settle(boolean taken) {
    if (!taken) {
      refused = true;
    }
    if (left.decrementAndGet() == 0) {
      settled(!refused);
    }
  }

  /**
   * All queues have answered. Called once, on whichever thread was last, where it must not block.
   *
   * @param taken whether all of them took it
   */
  protected abstract void settled(boolean taken);
}
