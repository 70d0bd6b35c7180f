package io.millrace.broker.queue;

import java.util.Arrays;

/** How many messages something has handled so far, by what became of them. Immutable. */
public final class MessageCounts {

  /** Nothing yet. */
  public static final MessageCounts NONE = new MessageCounts(new long[Count.values().length]);

  /** What is counted. */
  public enum Count {
    /** Came in. */
    PUBLISH,
    /** Was confirmed to its publisher. */
    CONFIRM,
    /** Went to a consumer that acknowledges. */
    DELIVER,
    /** Went to a consumer that does not. */
    DELIVER_NO_ACK,
    /** Was asked for one by one, to be acknowledged. */
    GET,
    /** Was asked for one by one, and is done with that. */
    GET_NO_ACK,
    /** Was asked for where there was none. */
    GET_EMPTY,
    /** Was acknowledged. */
    ACK,
    /** Went out again. */
    REDELIVER,
    /** Led to no queue and went back to its publisher. */
    RETURN_UNROUTABLE,
    /** Led to no queue and was dropped. */
    DROP_UNROUTABLE
  }

  private final long[] counts;

  MessageCounts(long[] counts) {
    this.counts = counts;
  }

  /** One of the counts. */
  @SuppressWarnings("EnumOrdinal") // The array is indexed by nothing else.
  public long get(Count count) {
    return counts[count.ordinal()];
  }

  /** All that went out, in whatever way. */
  public long deliverGet() {
    return get(Count.DELIVER) + get(Count.DELIVER_NO_ACK) + get(Count.GET) + get(Count.GET_NO_ACK);
  }

  /** Both together. */
  public MessageCounts plus(MessageCounts other) {
    long[] sum = counts.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other.counts[i];
    }
    return new MessageCounts(sum);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MessageCounts that && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return Arrays.toString(counts);
  }
}
