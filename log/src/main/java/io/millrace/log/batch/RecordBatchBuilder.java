package io.millrace.log.batch;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one batch, for producers inside the process. Confined to one thread; reusable: {@link
 * #build} empties it.
 */
public interface RecordBatchBuilder {

  /** An empty builder of batches whose records are compressed with the given codec. */
  static RecordBatchBuilder create(Compression compression) {
    return new GrowingBatchBuilder(compression);
  }

  /** The same, with room for a first batch of so many bytes; more makes it grow. */
  static RecordBatchBuilder create(Compression compression, int expectedBytes) {
    return new GrowingBatchBuilder(compression, expectedBytes);
  }

  /**
   * Marks the batch under construction as sent by an idempotent producer. Without it the batch has
   * no producer.
   */
  RecordBatchBuilder producer(long producerId, short producerEpoch, int baseSequence);

  /** Marks the batch under construction as part of its producer's transaction. */
  RecordBatchBuilder transactional();

  /**
   * Adds a record; the bytes between position and limit are copied, the buffers stay as they are.
   *
   * @param timestampMillis milliseconds since the Unix epoch
   * @throws IllegalArgumentException when the batch would exceed 1 GiB
   */
  RecordBatchBuilder add(
      long timestampMillis,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers);

  /** Records added so far. */
  int count();

  /** Bytes that the batch would have, uncompressed. */
  int sizeBytes();

  /**
   * The finished batch with its CRC, base offset 0, in a buffer that the caller owns; then starts
   * anew.
   *
   * @throws IllegalStateException when no record was added
   */
  ByteBuffer build();

  /** A record's header. */
  record RecordHeader(String name, @Nullable ByteBuffer value) {}
}
