package io.millrace.broker.queue;

/** What a queue asks of its virtual host. Any thread. */
interface QueueHost {

  /**
   * Sends a message on that the queue gives up.
   *
   * @param taken called once those who get it have it as durably as they promise; on any thread
   */
  void deadLetter(MessageQueue from, Message message, DeathReason reason, Runnable taken);

  /** The queue's messages take so many bytes more in memory, or less. */
  void heapChanged(long bytes);

  /** The queue is to be deleted: its last consumer has gone, or nobody has used it for too long. */
  void outlived(MessageQueue queue);
}
