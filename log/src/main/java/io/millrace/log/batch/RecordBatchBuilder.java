package io.millrace.log.batch;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one batch, for producers inside the process. Confined to one thread; reusable: {@link
 * #build} empties it.
 */
public interface RecordBatchBuilder {

  /** Marks the batch as sent by an idempotent producer. Without it the batch has no producer. */
  RecordBatchBuilder producer(long producerId, short producerEpoch, int baseSequence);

  /** Adds a record; the bytes between position and limit are copied. */
  RecordBatchBuilder add(
      long timestampMillis,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers);

  /** Records added so far. */
  int count();

  /** Bytes that the batch would have, uncompressed. */
  int sizeBytes();

  /** The finished batch with its CRC, base offset 0; then starts anew. */
  ByteBuffer build();

  /** A record's header. */
  record RecordHeader(String name, @Nullable ByteBuffer value) {}
}
