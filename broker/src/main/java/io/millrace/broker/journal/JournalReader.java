package io.millrace.broker.journal;

import io.millrace.log.LogSlice;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import io.millrace.log.batch.TransactionMarker;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads a whole log of the broker's own records, from its start to its end. */
public final class JournalReader {

  private static final int READ_BYTES = 1 << 20;

  private JournalReader() {}

  /** Takes one record; the buffers are valid during the call only. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * @param value null for a tombstone
     */
    void record(ByteBuffer key, @Nullable ByteBuffer value);

    /** Takes a record that counts once the producer's transaction is committed. */
    default void pending(long producerId, ByteBuffer key, @Nullable ByteBuffer value) {
      record(key, value);
    }

    /** The producer's transaction has ended. */
    default void ended(long producerId, boolean commit) {}
  }

  /** Hands over all records that have a key, the oldest first, on the caller's thread. */
  public static void read(PartitionLog log, Visitor visitor) {
    long offset = log.startOffset();
    long end = log.endOffset();
    ByteBuffer buffer = ByteBuffer.allocate(0);
    try (RecordCursor cursor = RecordCursor.create()) {
      while (offset < end) {
        try (LogSlice slice = log.read(offset, READ_BYTES, end)) {
          int length = slice.length();
          if (length == 0) {
            return;
          }
          if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocate(length);
          }
          buffer.clear().limit(length);
          slice.copyTo(buffer);
          buffer.clear().limit(length);
        }
        offset = batches(buffer, offset, cursor, visitor);
      }
    }
  }

  /** Hands over the records from {@code offset} on, and returns the offset after the last one. */
  private static long batches(
      ByteBuffer buffer, long offset, RecordCursor cursor, Visitor visitor) {
    int end = buffer.limit();
    long next = offset;
    int at = 0;
    while (at + RecordBatchView.HEADER_BYTES <= end) {
      int size = RecordBatchView.sizeBytes(buffer, at);
      buffer.limit(at + size).position(at);
      if (!RecordBatchView.isControl(buffer, at)) {
        records(buffer, offset, cursor, visitor);
      } else if (TransactionMarker.isMarker(buffer, at)) {
        visitor.ended(
            RecordBatchView.producerId(buffer, at), TransactionMarker.isCommit(buffer, at));
      }
      next = RecordBatchView.lastOffset(buffer, at) + 1;
      buffer.limit(end);
      at += size;
    }
    return next;
  }

  private static void records(ByteBuffer batch, long offset, RecordCursor cursor, Visitor visitor) {
    int at = batch.position();
    boolean pending = RecordBatchView.isTransactional(batch, at);
    cursor.reset(batch, offset);
    while (cursor.next()) {
      ByteBuffer key = cursor.key();
      if (key != null && pending) {
        visitor.pending(RecordBatchView.producerId(batch, at), key, cursor.value());
      } else if (key != null) {
        visitor.record(key, cursor.value());
      }
    }
  }
}
