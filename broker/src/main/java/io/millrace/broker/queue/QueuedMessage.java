package io.millrace.broker.queue;

import org.jspecify.annotations.Nullable;

/** A message's place in one queue. Owned by the queue's mailbox, but for what is final. */
final class QueuedMessage {

  /** Has no record in the log. */
  static final long IN_MEMORY = -1;

  /** Order in the queue; a message that comes back gets its place again. */
  final long position;

  /** Of its record in the queue's log, or {@link #IN_MEMORY}. */
  final long offset;

  final int priority;
  final int bodyBytes;

  /** Whether it outlives the node. */
  final boolean persistent;

  final long expiresAtMillis;

  /** Where its body lies, when it is not in the record. */
  final @Nullable SharedBody shared;

  /** Null while it lies in the log only. */
  @Nullable Message message;

  /** How often it was handed over and came back. */
  int returns;

  boolean redelivered;

  QueuedMessage(long position, long offset, Message message, int priority, long expiresAtMillis) {
    this.position = position;
    this.offset = offset;
    this.message = message;
    this.priority = priority;
    this.persistent = offset >= 0 && message.properties().persistent();
    this.bodyBytes = message.body().length;
    this.shared = message.shared();
    this.expiresAtMillis = expiresAtMillis;
  }
}
