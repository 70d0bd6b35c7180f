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

  /** What one batch may decompress to, unless told otherwise: 64 MiB. */
  int DEFAULT_MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024;

  /** A cursor with the usual bound on decompression. */
  static RecordCursor create() {
    return create(DEFAULT_MAX_DECOMPRESSED_BYTES);
  }

  /**
   * A cursor that refuses batches which decompress to more than the given bytes.
   *
   * @param maxDecompressedBytes from 4096
   */
  static RecordCursor create(int maxDecompressedBytes) {
    return new BatchRecordCursor(maxDecompressedBytes);
  }

  /**
   * Starts on the batches between position and limit; records before {@code fromOffset} are
   * skipped. The buffer's position and limit stay as they are. CRCs are not checked: {@link
   * RecordBatchView#check} does.
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

  /** Bytes of its key, or -1 when it has none. */
  int keyLength();

  /** Copies its key, which must not be null: reads it without an object. */
  void copyKey(byte[] target, int at);

  /** Its value, or null (a tombstone in a compacted topic). */
  @Nullable ByteBuffer value();

  /** Bytes of its value, or -1 when it has none. */
  int valueLength();

  /** Copies its value, which must not be null: reads it without an object. */
  void copyValue(byte[] target, int at);

  /** All its bytes as they stand in the (decompressed) batch, its length in front. */
  ByteBuffer record();

  /** Index, in the buffer given to {@link #reset}, at which its batch starts. */
  int batchPosition();

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
