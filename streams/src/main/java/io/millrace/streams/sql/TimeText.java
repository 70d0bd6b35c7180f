package io.millrace.streams.sql;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates and times as SQL writes them in literals. */
final class TimeText {

  private static final Pattern DATE = Pattern.compile("(\\d{4})-(\\d{1,2})-(\\d{1,2})");
  private static final Pattern TIME =
      Pattern.compile("(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{1,9}))?)?");

  private TimeText() {}

  /** Days since 1970-01-01 of {@code 2001-01-31}; empty when it has another form. */
  static OptionalLong days(String text) {
    Matcher matcher = DATE.matcher(text.strip());
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          LocalDate.of(number(matcher, 1), number(matcher, 2), number(matcher, 3)).toEpochDay());
    } catch (DateTimeException e) {
      return OptionalLong.empty();
    }
  }

  /** Milliseconds since midnight of {@code 12:30:00.123}; empty when it has another form. */
  static OptionalLong millisOfDay(String text) {
    Matcher matcher = TIME.matcher(text.strip());
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    String fraction = matcher.group(4) == null ? "" : matcher.group(4);
    int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
    int second = matcher.group(3) == null ? 0 : number(matcher, 3);
    try {
      LocalTime time = LocalTime.of(number(matcher, 1), number(matcher, 2), second, nanos);
      return OptionalLong.of(time.toNanoOfDay() / 1_000_000);
    } catch (DateTimeException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Milliseconds since 1970-01-01 00:00:00 of {@code 2001-01-31 12:30:00.123}, or of a date alone;
   * a T may stand between date and time.
   */
  static OptionalLong millis(String text) {
    String stripped = text.strip();
    int split = stripped.indexOf(' ') >= 0 ? stripped.indexOf(' ') : stripped.indexOf('T');
    OptionalLong days = days(split < 0 ? stripped : stripped.substring(0, split));
    OptionalLong millis =
        split < 0 ? OptionalLong.of(0) : millisOfDay(stripped.substring(split + 1));
    return days.isEmpty() || millis.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(days.getAsLong() * 86_400_000 + millis.getAsLong());
  }

  /** The date and time of milliseconds since 1970-01-01 00:00:00. */
  static String shown(long millis) {
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(millis, 86_400_000L));
    LocalTime time = LocalTime.ofNanoOfDay(Math.floorMod(millis, 86_400_000L) * 1_000_000);
    return date.atTime(time).atOffset(ZoneOffset.UTC).toLocalDate() + " " + clock(time);
  }

  /** The time of day. */
  static String clock(LocalTime time) {
    String seconds =
        String.format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
    int millis = time.getNano() / 1_000_000;
    return millis == 0 ? seconds : seconds + String.format(".%03d", millis);
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
