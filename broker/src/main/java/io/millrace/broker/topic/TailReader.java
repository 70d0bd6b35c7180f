package io.millrace.broker.topic;

import io.millrace.log.LogSlice;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Reads the records of partitions that are followed, a piece at a time into a buffer that grows to
 * the largest piece. Confined to one thread.
 */
public final class TailReader {

  private final int pieceBytes;
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  /**
   * @param pieceBytes how much is read at once; a larger batch is read whole
   */
  public TailReader(int pieceBytes) {
    this.pieceBytes = pieceBytes;
  }

  /**
   * Hands over the next records, in order; each is valid during the call only.
   *
   * @param offset from the partition's start to its high watermark
   * @param cursor of the caller's, who closes it
   * @return the offset to go on at, behind batches without a record too; {@code offset} itself when
   *     there is nothing to be read
   * @throws io.millrace.broker.BrokerException when the partition cannot be read there
   */
  public long read(
      Partition partition, long offset, RecordCursor cursor, Consumer<RecordCursor> records) {
    try (LogSlice slice = partition.read(offset, pieceBytes)) {
      int length = slice.length();
      if (length == 0) {
        return offset;
      }
      if (buffer.capacity() < length) {
        buffer = ByteBuffer.allocate(length);
      }
      buffer.clear();
      slice.copyTo(buffer);
      buffer.flip();
    }
    cursor.reset(buffer, offset);
    while (cursor.next()) {
      records.accept(cursor);
    }
    return RecordBatchView.endOffset(buffer);
  }
}
