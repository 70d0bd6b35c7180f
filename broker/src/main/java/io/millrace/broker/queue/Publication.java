package io.millrace.broker.queue;

import org.jspecify.annotations.Nullable;

/**
 * A message on its way into a queue.
 *
 * @param receipt told how it went, or null when nobody asks
 */
public record Publication(Message message, @Nullable Receipt receipt) {

  void settle(boolean taken) {
    if (receipt != null) {
      receipt.settle(taken);
    }
  }
}
