package io.millrace.streams.format;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.Row;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the whole key or value as one column: UTF-8 text, bytes, or a number in big-endian bytes.
 * An absent key or value is NULL.
 */
final class RawDecoder implements RowDecoder {

  private final @Nullable FormatColumn column;

  RawDecoder(List<FormatColumn> columns) {
    if (columns.size() > 1) {
      throw new IllegalArgumentException("the raw format has one column, not " + columns.size());
    }
    column = columns.isEmpty() ? null : columns.getFirst();
  }

  @Override
  public boolean decode(@Nullable ByteBuffer bytes, Row row) throws FormatException {
    if (column == null) {
      return true;
    }
    int index = column.index();
    if (bytes == null) {
      row.setNull(index);
      return true;
    }
    int at = bytes.position();
    switch (column.type().kind()) {
      case STRING ->
          row.setObject(index, StandardCharsets.UTF_8.decode(bytes.duplicate()).toString());
      case BYTES -> {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(at, copy);
        row.setObject(index, copy);
      }
      case BOOLEAN -> row.setBoolean(index, sized(bytes, 1, column).get(at) != 0);
      case TINYINT -> row.setLong(index, sized(bytes, 1, column).get(at));
      case SMALLINT -> row.setLong(index, sized(bytes, 2, column).getShort(at));
      case INT -> row.setLong(index, sized(bytes, 4, column).getInt(at));
      case BIGINT -> row.setLong(index, sized(bytes, 8, column).getLong(at));
      case FLOAT -> row.setDouble(index, sized(bytes, 4, column).getFloat(at));
      case DOUBLE -> row.setDouble(index, sized(bytes, 8, column).getDouble(at));
      default -> throw unsupported(column.type());
    }
    return true;
  }

  private static ByteBuffer sized(ByteBuffer bytes, int size, FormatColumn column)
      throws FormatException {
    if (bytes.remaining() != size) {
      throw new FormatException(
          "it has "
              + bytes.remaining()
              + " bytes; column '"
              + column.name()
              + "' as "
              + column.type().sql()
              + " has "
              + size);
    }
    return bytes;
  }

  static IllegalArgumentException unsupported(DataType type) {
    return new IllegalArgumentException("the raw format has no " + type.sql());
  }
}
