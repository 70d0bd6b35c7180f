package io.millrace.streams.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import io.millrace.streams.plan.Connector.TimestampFormat;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.TimeText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes one JSON object per record, a member for each column, NULL as null. Times have as many
 * digits of a fraction as they need; NaN and the infinities stand in quotes; bytes are base64.
 */
final class JsonEncoder implements RowEncoder {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .build();

  private final FormatColumn[] columns;
  private final SerializableString[] names;
  private final char timestampSeparator;
  private final GrowingBytes bytes = new GrowingBytes();
  private final byte[] time = new byte[TimeText.MAX_LENGTH + 1];
  private final JsonGenerator generator;

  JsonEncoder(List<FormatColumn> columns, TimestampFormat timestamps) {
    this.columns = columns.toArray(FormatColumn[]::new);
    names =
        columns.stream()
            .map(column -> new SerializedString(column.name()))
            .toArray(SerializableString[]::new);
    timestampSeparator = timestamps == TimestampFormat.SQL ? ' ' : 'T';
    try {
      generator = FACTORY.createGenerator(bytes);
      generator.setRootValueSeparator(new SerializedString(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ByteBuffer encode(Row row) {
    bytes.reset();
    try {
      generator.writeStartObject();
      for (int i = 0; i < columns.length; i++) {
        generator.writeFieldName(names[i]);
        writeValue(row, columns[i]);
      }
      generator.writeEndObject();
      generator.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.view();
  }

  private void writeValue(Row row, FormatColumn column) throws IOException {
    int index = column.index();
    if (row.isNull(index)) {
      generator.writeNull();
      return;
    }
    switch (column.type().kind()) {
      case BOOLEAN -> generator.writeBoolean(row.getBoolean(index));
      case TINYINT, SMALLINT, INT, BIGINT, INTERVAL_MILLIS, INTERVAL_MONTHS ->
          generator.writeNumber(row.getLong(index));
      case FLOAT -> generator.writeNumber((float) row.getDouble(index));
      case DOUBLE -> generator.writeNumber(row.getDouble(index));
      case DECIMAL -> generator.writeNumber((BigDecimal) row.object(index));
      case STRING -> generator.writeString((String) row.object(index));
      case BYTES -> generator.writeBinary((byte[]) row.object(index));
      case DATE -> writeTime(TimeText.writeDate(row.getLong(index), time, 0));
      case TIME -> writeTime(TimeText.writeTime((int) row.getLong(index), -1, time, 0));
      case TIMESTAMP ->
          writeTime(TimeText.writeTimestamp(row.getLong(index), timestampSeparator, -1, time, 0));
      case TIMESTAMP_LTZ -> {
        int end = TimeText.writeTimestamp(row.getLong(index), timestampSeparator, -1, time, 0);
        time[end] = 'Z';
        writeTime(end + 1);
      }
      case NULL -> generator.writeNull();
    }
  }

  private void writeTime(int length) throws IOException {
    generator.writeRawUTF8String(time, 0, length);
  }
}
