package io.millrace.broker.queue;

import java.util.function.Consumer;

/** What a queue asks of its virtual host. Any thread. */
interface QueueHost {

  /**
   * Sends a message on that the queue gives up.
   *
   * @param taken told once those who get it have it as durably as they promise, on any thread;
   *     false when one of them refuses it or nobody gets it
   */
  void deadLetter(MessageQueue from, Message message, DeathReason reason, Consumer<Boolean> taken);

  /** The queue's messages take so many bytes more in memory, or less. */
  void heapChanged(long bytes);

  /** Whether the messages of all queues take much of the memory that they may take. */
  boolean isMemoryTight();

  /** The queue is to be deleted: its last consumer has gone, or nobody has used it for too long. */
  void outlived(MessageQueue queue);
}
