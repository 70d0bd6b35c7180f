package io.millrace.log.batch;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the records of batches without an object for each: a cursor that stands on one record
 * at a time. Confined to one thread; reusable by {@link #reset}.
 *
 * <p>Control batches (transaction markers) are stepped over. The buffers it returns are views of
 * the batch (or of its decompressed form), valid until the next call of {@link #reset} or {@link
 * #close}.
 */
public interface RecordCursor extends AutoCloseable {

  /**
   * Starts on the batches between position and limit; records before {@code fromOffset} are
   * skipped.
   */
  void reset(ByteBuffer batches, long fromOffset);

  /**
   * Moves to the next record.
   *
   * @return false after the last one
   * @throws io.millrace.log.LogException with {@code CORRUPT_BATCH} when the bytes are no batch
   */
  boolean next();

  /** Offset of the present record. */
  long offset();

  /** Its timestamp, in milliseconds since the Unix epoch. */
  long timestampMillis();

  /** Its key, or null. */
  @Nullable ByteBuffer key();

  /** Its value, or null (a tombstone in a compacted topic). */
  @Nullable ByteBuffer value();

  /** How many headers it has. */
  int headerCount();

  /** The name of header {@code index}. */
  String headerName(int index);

  /** The value of header {@code index}, or null. */
  @Nullable ByteBuffer headerValue(int index);

  /** Frees what decompression holds. */
  @Override
  void close();
}
