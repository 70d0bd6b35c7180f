package io.millrace.broker.producer;

import io.millrace.log.LogException;
import io.millrace.log.LogSlice;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.TransactionMarker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Finds a partition's producers when its log is opened: the last snapshot and what came after. */
public final class ProducerRecovery {

  private static final int READ_BYTES = 1 << 20;

  private ProducerRecovery() {}

  /**
   * Brings {@code states}, which is empty, to the state after the log's last batch.
   *
   * @return the offset up to which the snapshot on disk has them, 0 when there is none
   * @param nowMillis when producers found in the log count as last seen
   */
  public static long recover(
      Path directory, PartitionLog log, ProducerStates states, long nowMillis) {
    long covered = ProducerSnapshot.read(directory, states);
    if (covered < 0) {
      // Of batches that retention took away there is no trace.
      if (log.startOffset() > 0) {
        states.markIncomplete();
      }
      covered = 0;
    } else if (covered > log.endOffset()) {
      // What was lost must not be found again once the log has grown past it.
      states.truncate(log.endOffset());
      // A transaction whose marker was lost is open again: only the log knows.
      states.forgetTransactions();
      scan(log, log.startOffset(), states, nowMillis, true);
      rewrite(directory, states, log.endOffset());
      return log.endOffset();
    }
    scan(log, Math.max(covered, log.startOffset()), states, nowMillis, false);
    states.aborted().forgetBefore(log.startOffset());
    return covered;
  }

  private static void rewrite(Path directory, ProducerStates states, long end) {
    try {
      ProducerSnapshot.write(directory, states, end, true);
    } catch (IOException e) {
      throw new LogException(
          LogException.Reason.STORAGE, directory + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static void scan(
      PartitionLog log,
      long from,
      ProducerStates states,
      long nowMillis,
      boolean transactionsOnly) {
    ByteBuffer buffer = null;
    long offset = from;
    long end = log.endOffset();
    while (offset < end) {
      try (LogSlice slice = log.read(offset, READ_BYTES, end)) {
        int length = slice.length();
        if (length == 0) {
          return;
        }
        if (buffer == null || buffer.capacity() < length) {
          buffer = ByteBuffer.allocate(Math.max(length, READ_BYTES));
        }
        buffer.clear().limit(length);
        slice.copyTo(buffer);
        int at = 0;
        while (at + RecordBatchView.HEADER_BYTES <= length) {
          long last = RecordBatchView.lastOffset(buffer, at);
          if (last >= offset && RecordBatchView.producerId(buffer, at) >= 0) {
            replay(buffer, at, states, nowMillis, transactionsOnly);
          }
          offset = Math.max(offset, last + 1);
          at += RecordBatchView.sizeBytes(buffer, at);
        }
      }
    }
  }

  private static void replay(
      ByteBuffer buffer, int at, ProducerStates states, long nowMillis, boolean transactionsOnly) {
    long producerId = RecordBatchView.producerId(buffer, at);
    short epoch = RecordBatchView.producerEpoch(buffer, at);
    long baseOffset = RecordBatchView.baseOffset(buffer, at);
    if (RecordBatchView.isControl(buffer, at)) {
      if (TransactionMarker.isMarker(buffer, at)) {
        states.ended(
            producerId,
            epoch,
            TransactionMarker.isCommit(buffer, at),
            baseOffset,
            TransactionMarker.coordinatorEpoch(buffer, at),
            nowMillis);
      }
      return;
    }
    boolean numbered = RecordBatchView.baseSequence(buffer, at) >= 0;
    if (numbered && !transactionsOnly) {
      states.appended(
          producerId,
          epoch,
          RecordBatchView.baseSequence(buffer, at),
          RecordBatchView.lastSequence(buffer, at),
          baseOffset,
          RecordBatchView.isAppendTime(buffer, at) ? RecordBatchView.maxTimestamp(buffer, at) : -1,
          nowMillis);
    }
    if (RecordBatchView.isTransactional(buffer, at)) {
      states.appendedUnnumbered(producerId, epoch, baseOffset, nowMillis);
    }
  }
}
