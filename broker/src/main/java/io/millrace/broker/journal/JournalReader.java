package io.millrace.broker.journal;

import io.millrace.log.LogSlice;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
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
        cursor.reset(buffer, offset);
        while (cursor.next()) {
          ByteBuffer key = cursor.key();
          if (key != null) {
            visitor.record(key, cursor.value());
          }
        }
        offset = offsetAfter(buffer);
      }
    }
  }

  private static long offsetAfter(ByteBuffer batches) {
    long next = 0;
    int at = 0;
    while (at + RecordBatchView.HEADER_BYTES <= batches.limit()) {
      next = RecordBatchView.lastOffset(batches, at) + 1;
      at += RecordBatchView.sizeBytes(batches, at);
    }
    return next;
  }
}
