package io.millrace.app.demo;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** A TIMESTAMP(3) as the JSON format writes it: {@code 2001-01-01 12:00:00[.123]}. */
final class SqlTimestamp {

  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 3, true)
          .toFormatter(Locale.ROOT);

  private SqlTimestamp() {}

  static String format(LocalDateTime time) {
    return FORMAT.format(time);
  }

  static String format(long millis) {
    return format(LocalDateTime.ofEpochSecond(millis / 1000, 0, ZoneOffset.UTC));
  }

  /** Milliseconds since 1970-01-01 00:00:00 of the same local time. */
  static long parse(String text) {
    return millis(LocalDateTime.parse(text, FORMAT));
  }

  static long millis(LocalDateTime time) {
    return time.toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
