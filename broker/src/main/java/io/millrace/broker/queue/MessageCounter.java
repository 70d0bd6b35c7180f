package io.millrace.broker.queue;

import io.millrace.broker.queue.MessageCounts.Count;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

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

  /** Null until there is something to count. */
  private volatile long @Nullable [] counts;

  /** Counts some more. */
  @SuppressWarnings("EnumOrdinal") // The array is indexed by nothing else.
  public void add(Count count, long messages) {
    int at = count.ordinal();
    long[] own = counts;
    if (own == null) {
      own = new long[Count.values().length];
      counts = own;
    }
    COUNTS.setOpaque(own, at, (long) COUNTS.getOpaque(own, at) + messages);
  }

  /** What was counted so far. */
  public MessageCounts counts() {
    long[] own = counts;
    if (own == null) {
      return MessageCounts.NONE;
    }
    long[] copy = new long[own.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (long) COUNTS.getOpaque(own, i);
    }
    return new MessageCounts(copy);
  }
}
