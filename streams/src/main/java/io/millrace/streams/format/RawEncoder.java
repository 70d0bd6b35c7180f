package io.millrace.streams.format;

import io.millrace.streams.row.Row;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one column as the whole key or value: the counterpart of {@link RawDecoder}. */
final class RawEncoder implements RowEncoder {

  private final FormatColumn column;
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

  RawEncoder(List<FormatColumn> columns) {
    if (columns.size() != 1) {
      throw new IllegalArgumentException("the raw format has one column, not " + columns.size());
    }
    column = columns.getFirst();
  }

  @Override
  public @Nullable ByteBuffer encode(Row row) {
    int index = column.index();
    if (row.isNull(index)) {
      return null;
    }
    number.clear();
    return switch (column.type().kind()) {
      case STRING -> ByteBuffer.wrap(((String) row.object(index)).getBytes(StandardCharsets.UTF_8));
      case BYTES -> ByteBuffer.wrap((byte[]) row.object(index));
      case BOOLEAN -> number.put((byte) (row.getBoolean(index) ? 1 : 0)).flip();
      case TINYINT -> number.put((byte) row.getLong(index)).flip();
      case SMALLINT -> number.putShort((short) row.getLong(index)).flip();
      case INT -> number.putInt((int) row.getLong(index)).flip();
      case BIGINT -> number.putLong(row.getLong(index)).flip();
      case FLOAT -> number.putFloat((float) row.getDouble(index)).flip();
      case DOUBLE -> number.putDouble(row.getDouble(index)).flip();
      default -> throw RawDecoder.unsupported(column.type());
    };
  }
}
