package io.millrace.log;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A run of whole batches inside one segment file, as found by a read. Whoever holds a slice must
 * {@link #close} it once; until then the file stays open, even when the segment has been deleted
 * meanwhile. Any thread may use it.
 */
public interface LogSlice extends AutoCloseable {

  /**
   * The segment's file, for a zero-copy send. Do not close it, nor move its position.
   *
   * @throws IllegalStateException when the slice is empty
   */
  FileChannel file();

  /** Where in the file the first batch starts. */
  long position();

  /** Bytes in this slice; 0 when there was nothing to read. */
  int length();

  /**
   * Offset of the first record of the first batch, which may lie before the offset asked for, or
   * after it where compaction left none; the offset asked for when the slice is empty.
   */
  long baseOffset();

  /**
   * An offset behind its last record: no record of it lies there or later. Batches that are not of
   * this slice may begin before it; a reader goes on at {@link
   * io.millrace.log.batch.RecordBatchView#endOffset}.
   */
  long offsetBound();

  /**
   * Copies the bytes of this slice into {@code target}, which must have room for {@link #length},
   * and moves its position behind them.
   */
  void copyTo(ByteBuffer target);

  @Override
  void close();
}
