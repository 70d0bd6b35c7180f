package io.millrace.broker.queue;

/** Counts messages and the bytes of their bodies. Confined to the queue's mailbox. */
final class MessageSum {

  private long messages;
  private long bytes;

  void add(QueuedMessage message) {
    add(1, message.bodyBytes);
  }

  void remove(QueuedMessage message) {
    add(-1, -message.bodyBytes);
  }

  void add(long moreMessages, long moreBytes) {
    messages += moreMessages;
    bytes += moreBytes;
  }

  void clear() {
    messages = 0;
    bytes = 0;
  }

  long messages() {
    return messages;
  }

  long bytes() {
    return bytes;
  }

  QueueFigures.Sum now() {
    return new QueueFigures.Sum(messages, bytes);
  }
}
