package io.millrace.broker.queue;

/** The messages of a queue that are with consumers, in figures. Confined to the queue's mailbox. */
final class OutMessages {

  private final MessageSum all = new MessageSum();
  private final MessageSum inMemory = new MessageSum();
  private final MessageSum persistent = new MessageSum();
  private long heapBytes;

  /** One goes out; the delivery has the message. */
  void add(QueuedMessage queued, Message message) {
    all.add(queued);
    if (queued.persistent) {
      persistent.add(queued);
    }
    if (queued.offset < 0) {
      inMemory.add(queued);
      heapBytes += message.heapBytes();
    }
  }

  /** One has come back, or is done with. */
  void remove(Delivery delivery) {
    QueuedMessage queued = delivery.queued;
    all.remove(queued);
    if (queued.persistent) {
      persistent.remove(queued);
    }
    if (queued.offset < 0) {
      inMemory.remove(queued);
      heapBytes -= delivery.message().heapBytes();
    }
  }

  /** How many there are. */
  long count() {
    return all.messages();
  }

  /** What those take in memory, roughly, that are in no log. */
  long heapBytes() {
    return heapBytes;
  }

  QueueFigures.Sum all() {
    return all.now();
  }

  /** Those that are in no log. */
  QueueFigures.Sum inMemory() {
    return inMemory.now();
  }

  /** Those that outlive the node. */
  QueueFigures.Sum persistent() {
    return persistent.now();
  }
}
