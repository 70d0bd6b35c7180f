package io.millrace.streams.format;

import io.millrace.streams.plan.Connector;
import io.millrace.streams.row.Row;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the columns of a row that one format holds as the bytes of a key or value. */
public interface RowEncoder {

  /** The bytes, valid until the next call; null for a key or value that is to be null. */
  @Nullable ByteBuffer encode(Row row);

  /** An encoder as the table's options ask. */
  static RowEncoder of(
      Connector.Format format, List<FormatColumn> columns, Connector.TimestampFormat timestamps) {
    return switch (format) {
      case JSON -> new JsonEncoder(columns, timestamps);
      case RAW -> new RawEncoder(columns);
    };
  }
}
