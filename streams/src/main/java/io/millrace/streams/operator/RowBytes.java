package io.millrace.streams.operator;

import io.millrace.streams.plan.Field;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.KeyCodec;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Whole rows as bytes, to be kept as state; equal rows have equal bytes. */
final class RowBytes {

  private final KeyCodec codec;

  RowBytes(RowType type) {
    codec =
        new KeyCodec(
            type.fields().stream().map(Field::type).toList(),
            IntStream.range(0, type.size()).toArray());
  }

  /** A copy of the row. */
  byte[] encode(Row row) {
    codec.encode(row);
    return Arrays.copyOf(codec.bytes(), codec.length());
  }

  /** Sets neighbouring columns of a row from the bytes that begin at an index. */
  void decode(byte[] bytes, int offset, Row target, int firstColumn) {
    codec.decode(bytes, offset, target, firstColumn);
  }
}
