package io.millrace.streams.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.millrace.streams.plan.Connector.TimestampFormat;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.row.CharSlice;
import io.millrace.streams.row.Decimals;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.StringCache;
import io.millrace.streams.row.TimeText;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object per record: members by column name, members without a column are stepped
 * over, the last of several with one name counts. Values are taken leniently, as Flink takes them:
 * a number may stand in quotes, a fraction is cut for an integer column, an object or array becomes
 * its JSON text in a STRING column. An absent record is no row.
 *
 * <p>Nesting, lengths of numbers and texts are bounded by Jackson's constraints on reading.
 */
final class JsonDecoder implements RowDecoder {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
          .build();

  private final FormatColumn[] columns;
  private final Map<String, Integer> positions = new HashMap<>();
  private final char timestampSeparator;
  private final boolean failOnMissing;
  private final boolean[] seen;
  private final StringCache strings = new StringCache();
  private final CharSlice slice = new CharSlice();
  private byte[] scratch = new byte[0];

  JsonDecoder(List<FormatColumn> columns, TimestampFormat timestamps, boolean failOnMissing) {
    this.columns = columns.toArray(FormatColumn[]::new);
    for (int i = 0; i < this.columns.length; i++) {
      positions.put(this.columns[i].name(), i);
    }
    timestampSeparator = timestamps == TimestampFormat.SQL ? ' ' : 'T';
    this.failOnMissing = failOnMissing;
    seen = new boolean[this.columns.length];
  }

  @Override
  public boolean decode(@Nullable ByteBuffer bytes, Row row) throws FormatException {
    if (bytes == null) {
      return false;
    }
    int length = bytes.remaining();
    byte[] array;
    int offset;
    if (bytes.hasArray()) {
      array = bytes.array();
      offset = bytes.arrayOffset() + bytes.position();
    } else {
      if (scratch.length < length) {
        scratch = new byte[length];
      }
      array = scratch;
      offset = 0;
      bytes.get(bytes.position(), scratch, 0, length);
    }
    for (FormatColumn column : columns) {
      row.setNull(column.index());
    }
    Arrays.fill(seen, false);
    try (JsonParser parser = FACTORY.createParser(array, offset, length)) {
      readObject(parser, row, array, offset);
    } catch (JsonProcessingException e) {
      throw new FormatException(reason(e));
    } catch (IOException e) {
      throw new FormatException("it is not JSON: " + e.getMessage());
    }
    if (failOnMissing) {
      checkAllSeen();
    }
    return true;
  }

  private static String reason(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int line = message.indexOf('\n');
    return "it is not JSON: " + TimeText.shortened(line < 0 ? message : message.substring(0, line));
  }

  private void checkAllSeen() throws FormatException {
    for (int i = 0; i < columns.length; i++) {
      if (!seen[i]) {
        throw new FormatException("column '" + columns[i].name() + "' is missing");
      }
    }
  }

  private void readObject(JsonParser parser, Row row, byte[] array, int offset)
      throws IOException, FormatException {
    JsonToken first = parser.nextToken();
    if (first != JsonToken.START_OBJECT) {
      throw new FormatException(
          first == null ? "it is empty, not a JSON object" : "it is not a JSON object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      Integer position = positions.get(parser.currentName());
      JsonToken token = parser.nextToken();
      if (position == null) {
        parser.skipChildren();
      } else {
        seen[position] = true;
        readMember(parser, token, columns[position], row, array, offset);
      }
    }
    if (parser.nextToken() != null) {
      throw new FormatException("something follows the JSON object");
    }
  }

  private void readMember(
      JsonParser parser, JsonToken token, FormatColumn column, Row row, byte[] array, int offset)
      throws IOException, FormatException {
    int index = column.index();
    if (token == JsonToken.VALUE_NULL) {
      row.setNull(index);
      return;
    }
    if (token.isStructStart()) {
      if (column.type().kind() != DataType.Kind.STRING) {
        throw mismatch(column, token == JsonToken.START_OBJECT ? "an object" : "an array");
      }
      int from = (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      int to = (int) parser.currentLocation().getByteOffset();
      row.setObject(index, new String(array, offset + from, to - from, StandardCharsets.UTF_8));
      return;
    }
    switch (column.type().kind()) {
      case BOOLEAN -> row.setBoolean(index, readBoolean(parser, token, column));
      case TINYINT, SMALLINT, INT, BIGINT, INTERVAL_MILLIS, INTERVAL_MONTHS ->
          row.setLong(index, readLong(parser, token, column));
      case FLOAT -> row.setDouble(index, (float) readDouble(parser, token, column));
      case DOUBLE -> row.setDouble(index, readDouble(parser, token, column));
      case DECIMAL ->
          row.setObject(index, Decimals.fit(readDecimal(parser, token, column), column.type()));
      case STRING -> row.setObject(index, strings.get(text(parser)));
      case BYTES -> row.setObject(index, readBytes(parser, token, column));
      case DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ ->
          row.setLong(index, readTime(parser, token, column));
      case NULL -> row.setNull(index);
    }
  }

  private CharSlice text(JsonParser parser) throws IOException {
    return slice.of(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
  }

  private boolean readBoolean(JsonParser parser, JsonToken token, FormatColumn column)
      throws IOException, FormatException {
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    String text = parser.getText().strip();
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return text.equalsIgnoreCase("true");
    }
    throw mismatch(column, "'" + TimeText.shortened(text) + "'");
  }

  private long readLong(JsonParser parser, JsonToken token, FormatColumn column)
      throws IOException, FormatException {
    long value;
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
      try {
        value = parser.getLongValue();
      } catch (JsonProcessingException e) {
        throw mismatch(column, TimeText.shortened(parser.getText()));
      }
    } else {
      try {
        value = Long.parseLong(parser.getText().strip());
      } catch (NumberFormatException e) {
        throw mismatch(column, "'" + TimeText.shortened(parser.getText()) + "'");
      }
    }
    boolean fits =
        switch (column.type().kind()) {
          case TINYINT -> value == (byte) value;
          case SMALLINT -> value == (short) value;
          case INT -> value == (int) value;
          default -> true;
        };
    if (!fits) {
      throw mismatch(column, Long.toString(value));
    }
    return value;
  }

  private double readDouble(JsonParser parser, JsonToken token, FormatColumn column)
      throws IOException, FormatException {
    if (token.isNumeric()) {
      return parser.getDoubleValue();
    }
    try {
      return Double.parseDouble(parser.getText().strip());
    } catch (NumberFormatException e) {
      throw mismatch(column, "'" + TimeText.shortened(parser.getText()) + "'");
    }
  }

  private BigDecimal readDecimal(JsonParser parser, JsonToken token, FormatColumn column)
      throws IOException, FormatException {
    try {
      return token.isNumeric()
          ? parser.getDecimalValue()
          : new BigDecimal(parser.getText().strip());
    } catch (NumberFormatException e) {
      throw mismatch(column, "'" + TimeText.shortened(parser.getText()) + "'");
    }
  }

  private byte[] readBytes(JsonParser parser, JsonToken token, FormatColumn column)
      throws IOException, FormatException {
    if (token != JsonToken.VALUE_STRING) {
      throw mismatch(column, TimeText.shortened(parser.getText()));
    }
    return parser.getBinaryValue();
  }

  private long readTime(JsonParser parser, JsonToken token, FormatColumn column)
      throws IOException, FormatException {
    CharSlice text = text(parser);
    long value = TimeText.INVALID;
    if (token == JsonToken.VALUE_STRING) {
      value =
          switch (column.type().kind()) {
            case DATE -> TimeText.parseDate(text);
            case TIME -> TimeText.parseTime(text);
            default -> TimeText.parseTimestamp(text, timestampSeparator);
          };
    }
    if (value == TimeText.INVALID) {
      throw mismatch(column, "'" + TimeText.shortened(text) + "'");
    }
    return value;
  }

  private FormatException mismatch(FormatColumn column, String found) {
    String shape =
        column.type().isTimestamp()
            ? ", such as 2001-01-01" + timestampSeparator + "12:00:00.123"
            : "";
    return new FormatException(
        "column '" + column.name() + "': " + found + " is no " + column.type().sql() + shape);
  }
}
