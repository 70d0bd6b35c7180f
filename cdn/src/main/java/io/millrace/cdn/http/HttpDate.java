package io.millrace.cdn.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * Dates of HTTP (RFC 9110, section 5.6.7): read in all three formats, written in the preferred one.
 */
public final class HttpDate {

  /** What {@link #parse} answers for text that is no date. */
  public static final long INVALID = Long.MIN_VALUE;

  private static final String DAYS = "MonTueWedThuFriSatSun";
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
  private static final String LOWER_MONTHS = MONTHS.toLowerCase(Locale.ROOT);

  private HttpDate() {}

  /**
   * Milliseconds since the Unix epoch, or {@link #INVALID}. Letter case does not count (RFC 9111,
   * section 4.2); a zone other than GMT does: such a date is invalid.
   *
   * @param nowMillis decides the century of a year with two digits
   */
  public static long parse(String text, long nowMillis) {
    String[] parts = text.split("[ ,\\-]+", -1);
    try {
      if (text.indexOf(',') > 0 && parts.length == 6 && parts[5].equalsIgnoreCase("GMT")) {
        int year = number(parts[3]);
        if (parts[3].length() == 2 && text.indexOf('-') > 0) {
          year = fullYear(year, nowMillis);
        } else if (parts[3].length() != 4) {
          return INVALID;
        }
        return millis(year, parts[2], parts[1], parts[4]);
      }
      if (text.indexOf(',') < 0
          && text.indexOf('-') < 0
          && parts.length == 5
          && parts[4].length() == 4) {
        return millis(number(parts[4]), parts[1], parts[2], parts[3]);
      }
      return INVALID;
    } catch (NumberFormatException | DateTimeException e) {
      return INVALID;
    }
  }

  /** RFC 9110: a date more than 50 years ahead is the most recent past year with those digits. */
  private static int fullYear(int twoDigits, long nowMillis) {
    int thisYear = Instant.ofEpochMilli(nowMillis).atOffset(ZoneOffset.UTC).getYear();
    int year = thisYear - thisYear % 100 + twoDigits;
    return year > thisYear + 50 ? year - 100 : year;
  }

  private static long millis(int year, String month, String day, String time) {
    int monthAt = month.length() == 3 ? LOWER_MONTHS.indexOf(month.toLowerCase(Locale.ROOT)) : -1;
    if (monthAt < 0
        || monthAt % 3 != 0
        || time.length() != 8
        || time.charAt(2) != ':'
        || time.charAt(5) != ':') {
      return INVALID;
    }
    return LocalDateTime.of(
                year,
                monthAt / 3 + 1,
                number(day),
                number(time.substring(0, 2)),
                number(time.substring(3, 5)),
                Math.min(59, number(time.substring(6))))
            .toEpochSecond(ZoneOffset.UTC)
        * 1000;
  }

  private static int number(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      if (!Ascii.isDigit(digits.charAt(i))) {
        throw new NumberFormatException(digits);
      }
    }
    return Integer.parseInt(digits);
  }

  /** The preferred format, such as {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  public static String format(long millis) {
    LocalDateTime at = LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), 0, ZoneOffset.UTC);
    int day = (at.getDayOfWeek().getValue() - 1) * 3;
    int month = (at.getMonthValue() - 1) * 3;
    StringBuilder out = new StringBuilder(29);
    out.append(DAYS, day, day + 3).append(", ");
    twoDigits(at.getDayOfMonth(), out).append(' ').append(MONTHS, month, month + 3).append(' ');
    twoDigits(at.getYear() / 100, out);
    twoDigits(at.getYear() % 100, out).append(' ');
    twoDigits(at.getHour(), out).append(':');
    twoDigits(at.getMinute(), out).append(':');
    return twoDigits(at.getSecond(), out).append(" GMT").toString();
  }

  private static StringBuilder twoDigits(int number, StringBuilder out) {
    return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }
}
