package io.millrace.streams.connector;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.TimeText;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row as Java's own values, and those as text for people. */
public final class RowValues {

  private RowValues() {}

  /**
   * The columns as {@link Boolean}, {@link Byte}, {@link Short}, {@link Integer}, {@link Long}
   * (also intervals), {@link Float}, {@link Double}, {@link BigDecimal}, {@link String}, {@code
   * byte[]}, {@link LocalDate}, {@link LocalTime}, {@link LocalDateTime}, {@link Instant} (for
   * TIMESTAMP_LTZ) or null.
   */
  public static List<@Nullable Object> of(Row row, RowType type) {
    List<@Nullable Object> values = new ArrayList<>(type.size());
    for (int i = 0; i < type.size(); i++) {
      values.add(row.isNull(i) ? null : value(row, i, type.type(i).kind()));
    }
    return Collections.unmodifiableList(values);
  }

  private static Object value(Row row, int column, DataType.Kind kind) {
    return switch (kind) {
      case BOOLEAN -> row.getBoolean(column);
      case TINYINT -> (byte) row.getLong(column);
      case SMALLINT -> (short) row.getLong(column);
      case INT -> (int) row.getLong(column);
      case BIGINT, INTERVAL_MILLIS, INTERVAL_MONTHS, NULL -> row.getLong(column);
      case FLOAT -> (float) row.getDouble(column);
      case DOUBLE -> row.getDouble(column);
      case DECIMAL, STRING, BYTES -> row.object(column);
      case DATE -> LocalDate.ofEpochDay(row.getLong(column));
      case TIME -> LocalTime.ofNanoOfDay(row.getLong(column) * 1_000_000);
      case TIMESTAMP ->
          LocalDateTime.ofInstant(Instant.ofEpochMilli(row.getLong(column)), ZoneOffset.UTC);
      case TIMESTAMP_LTZ -> Instant.ofEpochMilli(row.getLong(column));
    };
  }

  /** One of the values above as text; NULL for null. */
  public static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case Boolean bool -> bool ? "TRUE" : "FALSE";
      case BigDecimal decimal -> decimal.toPlainString();
      case byte[] bytes -> "x'" + HexFormat.of().formatHex(bytes) + "'";
      case LocalTime time -> TimeText.time(time.toNanoOfDay() / 1_000_000, -1);
      case LocalDateTime time ->
          TimeText.timestamp(time.toInstant(ZoneOffset.UTC).toEpochMilli(), ' ', -1);
      case Instant instant -> TimeText.timestamp(instant.toEpochMilli(), ' ', -1) + "Z";
      default -> value.toString();
    };
  }
}
