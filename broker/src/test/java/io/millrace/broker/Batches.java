package io.millrace.broker;

import io.millrace.broker.topic.Partition;
import io.millrace.log.LogSlice;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes and reads record batches as producers and consumers do. */
public final class Batches {

  private Batches() {}

  /** A batch without a producer. */
  public static ByteBuffer of(String... values) {
    return build(RecordBatchBuilder.create(Compression.NONE), values);
  }

  /** A batch of an idempotent producer. */
  public static ByteBuffer by(long producerId, int epoch, int sequence, String... values) {
    return build(
        RecordBatchBuilder.create(Compression.NONE).producer(producerId, (short) epoch, sequence),
        values);
  }

  private static ByteBuffer build(RecordBatchBuilder builder, String... values) {
    for (String value : values) {
      builder.add(1_600_000_000_000L, bytes("key"), bytes(value), List.of());
    }
    return builder.build();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The values of all records that consumers may see. */
  public static List<String> values(Partition partition) {
    List<String> values = new ArrayList<>();
    long offset = partition.startOffset();
    try (RecordCursor cursor = RecordCursor.create()) {
      while (offset < partition.highWatermark()) {
        try (LogSlice slice = partition.read(offset, 1 << 20)) {
          ByteBuffer bytes = ByteBuffer.allocate(slice.length());
          slice.copyTo(bytes);
          bytes.rewind();
          cursor.reset(bytes, offset);
          while (cursor.next()) {
            values.add(text(cursor.value()));
            offset = cursor.offset() + 1;
          }
        }
      }
    }
    return values;
  }

  private static String text(@Nullable ByteBuffer value) {
    return value == null ? "" : StandardCharsets.UTF_8.decode(value).toString();
  }
}
