package io.millrace.broker.producer;

import io.millrace.log.AppendInfo;
import org.jspecify.annotations.Nullable;

/** One producer in one partition: its epoch and its last batches, the oldest first. */
final class ProducerEntry {

  /** Batches that a client may have in flight on a connection, and so send again. */
  static final int REMEMBERED = 5;

  /** Of an entry whose batches have all been cut off the log with nothing before them. */
  static final int NO_SEQUENCE = -1;

  /** It has no transaction open here. */
  static final long NO_TRANSACTION = -1;

  final long producerId;
  short epoch;
  long lastSeenMillis;

  /** The sequence number of the last record, also when its batch is not remembered. */
  int lastSequence = NO_SEQUENCE;

  /** Offset of the first record of its open transaction, or {@link #NO_TRANSACTION}. */
  long transactionStart = NO_TRANSACTION;

  /** Epoch of the coordinator that wrote its last marker, or -1. */
  int coordinatorEpoch = -1;

  /** The number of its last marker among those that this partition wrote since it was opened. */
  long lastMarker;

  private int count;
  private final int[] firstSequences = new int[REMEMBERED];
  private final int[] lastSequences = new int[REMEMBERED];
  private final long[] baseOffsets = new long[REMEMBERED];
  private final long[] appendTimes = new long[REMEMBERED];

  ProducerEntry(long producerId, short epoch) {
    this.producerId = producerId;
    this.epoch = epoch;
  }

  int count() {
    return count;
  }

  int firstSequence(int index) {
    return firstSequences[index];
  }

  int lastSequence(int index) {
    return lastSequences[index];
  }

  long baseOffset(int index) {
    return baseOffsets[index];
  }

  long appendTime(int index) {
    return appendTimes[index];
  }

  long lastOffset(int index) {
    return baseOffsets[index]
        + ((lastSequences[index] - firstSequences[index]) & Integer.MAX_VALUE);
  }

  void add(int firstSequence, int last, long baseOffset, long appendTimeMillis) {
    if (count == REMEMBERED) {
      System.arraycopy(firstSequences, 1, firstSequences, 0, REMEMBERED - 1);
      System.arraycopy(lastSequences, 1, lastSequences, 0, REMEMBERED - 1);
      System.arraycopy(baseOffsets, 1, baseOffsets, 0, REMEMBERED - 1);
      System.arraycopy(appendTimes, 1, appendTimes, 0, REMEMBERED - 1);
      count--;
    }
    firstSequences[count] = firstSequence;
    lastSequences[count] = last;
    baseOffsets[count] = baseOffset;
    appendTimes[count] = appendTimeMillis;
    count++;
    lastSequence = last;
  }

  void startEpoch(short newEpoch) {
    epoch = newEpoch;
    count = 0;
    lastSequence = NO_SEQUENCE;
  }

  /** Where the batch with these sequence numbers went, if it is one of those remembered. */
  @Nullable AppendInfo find(int firstSequence, int last) {
    for (int i = count - 1; i >= 0; i--) {
      if (firstSequences[i] == firstSequence && lastSequences[i] == last) {
        return new AppendInfo(baseOffsets[i], lastOffset(i), appendTimes[i]);
      }
    }
    return null;
  }

  /** Whether records up to this sequence number came before the batches that are remembered. */
  boolean isLongPast(int last) {
    if (count == 0) {
      return false;
    }
    int before = (firstSequences[0] - last) & Integer.MAX_VALUE;
    return before > 0 && before < Integer.MAX_VALUE / 2;
  }

  /**
   * Forgets the batches from an offset on, which the log has lost.
   *
   * @return false when nothing is known of the producer any more
   */
  boolean truncate(long endOffset) {
    boolean cut = false;
    int oldestCut = 0;
    while (count > 0 && lastOffset(count - 1) >= endOffset) {
      count--;
      oldestCut = firstSequences[count];
      cut = true;
    }
    if (cut) {
      if (oldestCut == 0 && count == 0) {
        return false;
      }
      lastSequence = (oldestCut - 1) & Integer.MAX_VALUE;
    }
    return true;
  }
}
