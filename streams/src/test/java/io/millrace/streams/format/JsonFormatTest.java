package io.millrace.streams.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.streams.plan.Connector.TimestampFormat;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.row.Row;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonFormatTest {

  private static final List<FormatColumn> COLUMNS = columns();

  /** One column of each kind, named as the kind. */
  static List<FormatColumn> columns() {
    List<FormatColumn> columns = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      DataType type = kind == Kind.DECIMAL ? new DataType(kind, true, 6, 2) : DataType.of(kind);
      columns.add(new FormatColumn(columns.size(), kind.name(), type));
    }
    return columns;
  }

  private static int column(Kind kind) {
    return COLUMNS.stream()
        .filter(column -> column.type().kind() == kind)
        .findFirst()
        .orElseThrow()
        .index();
  }

  private static Row decode(String json) throws FormatException {
    return decode(new JsonDecoder(COLUMNS, TimestampFormat.SQL, false), json);
  }

  private static Row decode(JsonDecoder decoder, String json) throws FormatException {
    Row row = new Row(COLUMNS.size());
    // Away from the array's start, as a record's value is.
    byte[] bytes = ("##" + json + "##").getBytes(StandardCharsets.UTF_8);
    assertThat(decoder.decode(ByteBuffer.wrap(bytes, 2, bytes.length - 4), row)).isTrue();
    return row;
  }

  private static @Nullable Object member(String name, String json) throws FormatException {
    Row row = decode("{\"" + name + "\":" + json + "}");
    int column = column(Kind.valueOf(name));
    return row.boxed(column, COLUMNS.get(column).type().kind().carrier());
  }

  private static long at(String time) {
    return LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  @Test
  void readsValuesAsTheirColumnsAsk() throws FormatException {
    assertThat(member("BOOLEAN", "true")).isEqualTo(true);
    assertThat(member("BOOLEAN", "\"False\"")).isEqualTo(false);
    assertThat(member("INT", "12")).isEqualTo(12L);
    assertThat(member("INT", "\"12\"")).isEqualTo(12L);
    assertThat(member("INT", "12.9")).isEqualTo(12L);
    assertThat(member("BIGINT", "9007199254740993")).isEqualTo(9007199254740993L);
    assertThat(member("FLOAT", "0.1")).isEqualTo((double) 0.1f);
    assertThat(member("DOUBLE", "\"1e3\"")).isEqualTo(1000.0);
    assertThat(member("DECIMAL", "1.005")).isEqualTo(new BigDecimal("1.01"));
    assertThat(member("DECIMAL", "1e999999999")).isNull();
    assertThat(member("STRING", "\"a\\u00e4\\n\"")).isEqualTo("aä\n");
    assertThat(member("STRING", "1.50")).isEqualTo("1.50");
    assertThat(member("STRING", "{\"a\": [1, \"ü\"]}")).isEqualTo("{\"a\": [1, \"ü\"]}");
    assertThat(member("BYTES", "\"AQI=\"")).isEqualTo(new byte[] {1, 2});
    assertThat(member("DATE", "\"2001-02-03\"")).isEqualTo(11356L);
    assertThat(member("TIME", "\"12:00:00.5\"")).isEqualTo(43_200_500L);
    assertThat(member("TIMESTAMP", "\"2001-01-01 12:00:00.123456\""))
        .isEqualTo(at("2001-01-01T12:00:00.123"));
    assertThat(member("TIMESTAMP_LTZ", "\"2001-01-01 12:00:00Z\""))
        .isEqualTo(at("2001-01-01T12:00:00"));
    assertThat(member("INT", "null")).isNull();
  }

  @Test
  void leavesMembersWithoutColumnAndMissingOnesAlone() throws FormatException {
    Row row = decode("{\"other\":{\"INT\":[1,{\"INT\":2}]},\"INT\":1,\"INT\":3}");
    assertThat(row.getLong(column(Kind.INT))).isEqualTo(3);
    assertThat(row.isNull(column(Kind.STRING))).isTrue();
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> member("INT", "3000000000"))
        .hasMessage("column 'INT': 3000000000 is no INT");
    assertThatThrownBy(() -> member("INT", "[1]")).hasMessage("column 'INT': an array is no INT");
    assertThatThrownBy(() -> member("TIMESTAMP", "\"2001-01-01T12:00:00\""))
        .hasMessage(
            "column 'TIMESTAMP': '2001-01-01T12:00:00' is no TIMESTAMP(3), such as 2001-01-01"
                + " 12:00:00.123");
    assertThatThrownBy(() -> decode("[1]")).hasMessage("it is not a JSON object");
    assertThatThrownBy(() -> decode("")).hasMessage("it is empty, not a JSON object");
    assertThatThrownBy(() -> decode("{\"INT\":1} 2"))
        .hasMessage("something follows the JSON object");
    assertThatThrownBy(() -> decode("{\"INT\":1")).hasMessageStartingWith("it is not JSON: ");
    assertThatThrownBy(
            () -> decode(new JsonDecoder(COLUMNS, TimestampFormat.SQL, true), "{\"INT\":1}"))
        .hasMessage("column 'BOOLEAN' is missing");
  }

  @Test
  void anAbsentValueIsNoRow() throws FormatException {
    assertThat(
            new JsonDecoder(COLUMNS, TimestampFormat.SQL, false)
                .decode(null, new Row(COLUMNS.size())))
        .isFalse();
  }

  @Test
  void whatWasWrittenReadsTheSame() throws FormatException {
    Row row = new Row(COLUMNS.size());
    row.setBoolean(column(Kind.BOOLEAN), true);
    row.setLong(column(Kind.TINYINT), -128);
    row.setLong(column(Kind.BIGINT), Long.MIN_VALUE);
    row.setDouble(column(Kind.FLOAT), 0.1f);
    row.setDouble(column(Kind.DOUBLE), Double.NaN);
    row.setObject(column(Kind.DECIMAL), new BigDecimal("-12.30"));
    row.setObject(column(Kind.STRING), "\"\\\u0001 ä 😀");
    row.setObject(column(Kind.BYTES), new byte[] {0, -1});
    row.setLong(column(Kind.DATE), -1);
    row.setLong(column(Kind.TIME), 86_399_999);
    row.setLong(column(Kind.TIMESTAMP), -1);
    row.setLong(column(Kind.TIMESTAMP_LTZ), at("2024-02-29T23:59:59"));
    String json =
        StandardCharsets.UTF_8
            .decode(new JsonEncoder(COLUMNS, TimestampFormat.ISO_8601).encode(row))
            .toString();

    assertThat(json)
        .contains("\"TIMESTAMP\":\"1969-12-31T23:59:59.999\"")
        .contains("\"TIMESTAMP_LTZ\":\"2024-02-29T23:59:59Z\"")
        .contains("\"DECIMAL\":-12.30,")
        .contains("\"INT\":null");
    Row read = decode(new JsonDecoder(COLUMNS, TimestampFormat.ISO_8601, false), json);
    for (FormatColumn column : COLUMNS) {
      assertThat(read.boxed(column.index(), column.type().kind().carrier()))
          .as(column.name())
          .isEqualTo(row.boxed(column.index(), column.type().kind().carrier()));
    }
  }
}
