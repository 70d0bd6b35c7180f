package io.millrace.broker.queue;

import io.millrace.broker.queue.MessageCounts.Count;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts messages for whoever owns it: a queue's mailbox, or a channel's event loop. One thread at
 * a time may write a count, any may read; what is read of several counts may be of different
 * moments.
 *
 * <p>Writing is an ordinary store (opaque mode: never torn, seen in the end), since this happens
 * for every message.
 */
public final class MessageCounter {

  private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] counts = new long[Count.values().length];

  /** Counts some more. */
  @SuppressWarnings("EnumOrdinal") // The array is indexed by nothing else.
  public void add(Count count, long messages) {
    int at = count.ordinal();
    COUNTS.setOpaque(counts, at, (long) COUNTS.getOpaque(counts, at) + messages);
  }

  /** What was counted so far. */
  public MessageCounts counts() {
    long[] copy = new long[counts.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (long) COUNTS.getOpaque(counts, i);
    }
    return new MessageCounts(copy);
  }
}
