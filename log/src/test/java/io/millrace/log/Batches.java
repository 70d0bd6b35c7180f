package io.millrace.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches for tests, and what is read back. */
final class Batches {

  static final long T = 1_700_000_000_000L;

  /** A record as a test compares it. */
  record Read(long offset, long timestamp, @Nullable String key, @Nullable String value) {}

  private Batches() {}

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  /** One batch with the given values, without keys, at times T, T+1… */
  static ByteBuffer batch(String... values) {
    RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
    for (int i = 0; i < values.length; i++) {
      builder.add(T + i, null, bytes(values[i]), List.of());
    }
    return builder.build();
  }

  /** One batch with one record. */
  static ByteBuffer single(long timestamp, @Nullable String key, @Nullable String value) {
    return RecordBatchBuilder.create(Compression.NONE)
        .add(
            timestamp,
            key == null ? null : bytes(key),
            value == null ? null : bytes(value),
            List.of())
        .build();
  }

  static ByteBuffer join(ByteBuffer... batches) {
    ByteBuffer all =
        ByteBuffer.allocateDirect(Arrays.stream(batches).mapToInt(b -> b.limit()).sum());
    for (ByteBuffer batch : batches) {
      all.put(batch.duplicate());
    }
    return all.flip();
  }

  /** Everything from an offset up to the log's end, read in slices of at most so many bytes. */
  static List<Read> readAll(PartitionLog log, long from, int maxBytes) {
    List<Read> records = new ArrayList<>();
    long next = from;
    while (true) {
      try (LogSlice slice = log.read(next, maxBytes, log.endOffset());
          RecordCursor cursor = RecordCursor.create()) {
        if (slice.length() == 0) {
          return records;
        }
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.copyTo(bytes);
        cursor.reset(bytes.flip(), next);
        while (cursor.next()) {
          records.add(
              new Read(
                  cursor.offset(),
                  cursor.timestampMillis(),
                  text(cursor.key()),
                  text(cursor.value())));
        }
        next = io.millrace.log.batch.RecordBatchView.lastOffset(bytes, lastBatch(bytes)) + 1;
      }
    }
  }

  private static int lastBatch(ByteBuffer bytes) {
    int at = 0;
    int size = io.millrace.log.batch.RecordBatchView.sizeBytes(bytes, at);
    while (at + size < bytes.limit()) {
      at += size;
      size = io.millrace.log.batch.RecordBatchView.sizeBytes(bytes, at);
    }
    return at;
  }

  static List<@Nullable String> allValues(PartitionLog log) {
    List<@Nullable String> values = new ArrayList<>();
    readAll(log, log.startOffset(), 1 << 20).forEach(r -> values.add(r.value()));
    return values;
  }

  static @Nullable String text(@Nullable ByteBuffer buffer) {
    return buffer == null ? null : UTF_8.decode(buffer).toString();
  }
}
