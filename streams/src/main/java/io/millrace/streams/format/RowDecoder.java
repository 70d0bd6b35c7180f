package io.millrace.streams.format;

import io.millrace.streams.plan.Connector;
import io.millrace.streams.row.Row;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the columns that one format holds out of the bytes of a key or value. */
public interface RowDecoder {

  /**
   * Sets this decoder's columns of the row; others are left alone.
   *
   * @param bytes what stands between position and limit, or null for a record without this part
   * @return false when such bytes stand for no row at all
   */
  boolean decode(@Nullable ByteBuffer bytes, Row row) throws FormatException;

  /** A decoder as the table's options ask; without columns it only checks the bytes. */
  static RowDecoder of(
      Connector.Format format, List<FormatColumn> columns, Connector.Kafka options) {
    return switch (format) {
      case JSON ->
          new JsonDecoder(columns, options.timestampFormat(), options.failOnMissingField());
      case RAW -> new RawDecoder(columns);
    };
  }
}
