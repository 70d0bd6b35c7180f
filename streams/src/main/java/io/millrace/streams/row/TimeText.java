package io.millrace.streams.row;

import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times as text, such as {@code 2001-01-01 12:00:00.123}, read and written without an
 * object for each. Times are milliseconds since 1970-01-01 00:00:00, without a zone; digits beyond
 * the millisecond are cut.
 */
public final class TimeText {

  /** What the readers answer for text that is no time. */
  public static final long INVALID = Long.MIN_VALUE;

  /** The longest text that the writers make. */
  public static final int MAX_LENGTH = 32;

  private static final long DAY_MILLIS = 86_400_000L;
  private static final int LARGEST_YEAR = 9999;

  private TimeText() {}

  /**
   * Reads a date and time.
   *
   * @param separator between date and time: {@code ' '} or {@code 'T'}; 0 accepts both, and a date
   *     alone
   * @return milliseconds; an offset at the end ({@code Z}, {@code +02:00}) is taken into account;
   *     {@link #INVALID} for anything else
   */
  public static long parseTimestamp(CharSequence text, char separator) {
    int length = text.length();
    long day = parseDate(text, Math.min(length, 10));
    if (day == INVALID) {
      return INVALID;
    }
    if (length == 10) {
      return separator == 0 ? day * DAY_MILLIS : INVALID;
    }
    char between = text.charAt(10);
    if (separator == 0 ? between != ' ' && between != 'T' : between != separator) {
      return INVALID;
    }
    int end = endOfTime(text, 11);
    long time = parseTime(text, 11, end);
    if (time == INVALID) {
      return INVALID;
    }
    long offset = parseOffset(text, end);
    return offset == INVALID ? INVALID : day * DAY_MILLIS + time - offset;
  }

  /** Days since 1970-01-01 of a text like {@code 2001-01-01}, or {@link #INVALID}. */
  public static long parseDate(CharSequence text) {
    return parseDate(text, text.length());
  }

  private static long parseDate(CharSequence text, int length) {
    if (length != 10 || text.charAt(4) != '-' || text.charAt(7) != '-') {
      return INVALID;
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 7);
    int day = digits(text, 8, 10);
    if (year < 0 || month < 1 || month > 12 || day < 1) {
      return INVALID;
    }
    if (day > 28 && day > YearMonth.of(year, month).lengthOfMonth()) {
      return INVALID;
    }
    return epochDay(year, month, day);
  }

  /** Milliseconds since midnight of a text like {@code 12:00:00.123}, or {@link #INVALID}. */
  public static long parseTime(CharSequence text) {
    return parseTime(text, 0, text.length());
  }

  private static long parseTime(CharSequence text, int from, int end) {
    int length = end - from;
    if (length < 5 || text.charAt(from + 2) != ':') {
      return INVALID;
    }
    int hour = digits(text, from, from + 2);
    int minute = digits(text, from + 3, from + 5);
    int second = 0;
    int millis = 0;
    if (length > 5) {
      if (length < 8 || text.charAt(from + 5) != ':') {
        return INVALID;
      }
      second = digits(text, from + 6, from + 8);
      if (length > 8) {
        millis = text.charAt(from + 8) == '.' ? fraction(text, from + 9, end) : -1;
      }
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
      return INVALID;
    }
    return millis < 0 ? INVALID : ((hour * 60L + minute) * 60 + second) * 1000 + millis;
  }

  private static int endOfTime(CharSequence text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 'Z' || c == '+' || c == '-') {
        return i;
      }
    }
    return text.length();
  }

  private static long parseOffset(CharSequence text, int from) {
    int length = text.length() - from;
    if (length == 0 || (length == 1 && text.charAt(from) == 'Z')) {
      return 0;
    }
    if (length != 6 || text.charAt(from + 3) != ':') {
      return INVALID;
    }
    int hours = digits(text, from + 1, from + 3);
    int minutes = digits(text, from + 4, from + 6);
    if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
      return INVALID;
    }
    long millis = (hours * 60L + minutes) * 60_000;
    return text.charAt(from) == '-' ? -millis : millis;
  }

  private static int digits(CharSequence text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private static int fraction(CharSequence text, int from, int end) {
    int count = end - from;
    if (count < 1 || count > 9 || digits(text, from, end) < 0) {
      return -1;
    }
    int kept = digits(text, from, from + Math.min(count, 3));
    return count == 1 ? kept * 100 : count == 2 ? kept * 10 : kept;
  }

  /** Days since 1970-01-01 in the proleptic Gregorian calendar. */
  private static long epochDay(int year, int month, int day) {
    long y = month <= 2 ? year - 1 : year;
    long era = Math.floorDiv(y, 400L);
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
  }

  /**
   * Writes a date and time as ASCII.
   *
   * @param digits of the fraction, 0 to 3; -1 for as many as it needs
   * @return where the text ends in {@code target}; at most {@link #MAX_LENGTH} from {@code at}
   */
  public static int writeTimestamp(long millis, char separator, int digits, byte[] target, int at) {
    int end = writeDate(Math.floorDiv(millis, DAY_MILLIS), target, at);
    target[end] = (byte) separator;
    return writeTime((int) Math.floorMod(millis, DAY_MILLIS), digits, target, end + 1);
  }

  /** Writes a date, given as days since 1970-01-01, as ASCII. */
  public static int writeDate(long epochDay, byte[] target, int at) {
    // The civil-from-days algorithm, the inverse of epochDay.
    long shifted = epochDay + 719_468;
    long era = Math.floorDiv(shifted, 146_097L);
    long dayOfEra = shifted - era * 146_097;
    long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int shiftedMonth = (int) ((5 * dayOfYear + 2) / 153);
    int day = (int) (dayOfYear - (153L * shiftedMonth + 2) / 5 + 1);
    int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
    long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
    int end = writeYear(year, target, at);
    target[end++] = '-';
    end = writeTwo(month, target, end);
    target[end++] = '-';
    return writeTwo(day, target, end);
  }

  private static int writeYear(long year, byte[] target, int at) {
    int end = at;
    if (year < 0 || year > LARGEST_YEAR) {
      // As java.time writes years beyond four digits: with a sign.
      String text = year < 0 ? "-%04d".formatted(-year) : "+" + year;
      for (int i = 0; i < text.length(); i++) {
        target[end++] = (byte) text.charAt(i);
      }
      return end;
    }
    end = writeTwo((int) year / 100, target, end);
    return writeTwo((int) year % 100, target, end);
  }

  /** Writes milliseconds since midnight as ASCII. */
  public static int writeTime(int millisOfDay, int digits, byte[] target, int at) {
    int seconds = millisOfDay / 1000;
    int end = writeTwo(seconds / 3600, target, at);
    target[end++] = ':';
    end = writeTwo(seconds / 60 % 60, target, end);
    target[end++] = ':';
    end = writeTwo(seconds % 60, target, end);
    int millis = millisOfDay % 1000;
    int count = digits >= 0 ? digits : digitsNeeded(millis);
    if (count == 0) {
      return end;
    }
    target[end++] = '.';
    target[end] = (byte) ('0' + millis / 100);
    target[end + 1] = (byte) ('0' + millis / 10 % 10);
    target[end + 2] = (byte) ('0' + millis % 10);
    return end + count;
  }

  private static int digitsNeeded(int millis) {
    return millis == 0 ? 0 : millis % 100 == 0 ? 1 : millis % 10 == 0 ? 2 : 3;
  }

  private static int writeTwo(int value, byte[] target, int at) {
    target[at] = (byte) ('0' + value / 10);
    target[at + 1] = (byte) ('0' + value % 10);
    return at + 2;
  }

  /** A date and time as a string; see {@link #writeTimestamp}. */
  public static String timestamp(long millis, char separator, int digits) {
    byte[] bytes = new byte[MAX_LENGTH];
    return ascii(bytes, writeTimestamp(millis, separator, digits, bytes, 0));
  }

  /** A date as a string. */
  public static String date(long epochDay) {
    byte[] bytes = new byte[MAX_LENGTH];
    return ascii(bytes, writeDate(epochDay, bytes, 0));
  }

  /** A time of day as a string. */
  public static String time(long millisOfDay, int digits) {
    byte[] bytes = new byte[MAX_LENGTH];
    return ascii(bytes, writeTime((int) millisOfDay, digits, bytes, 0));
  }

  private static String ascii(byte[] bytes, int length) {
    return new String(bytes, 0, length, java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** The text of a time that cannot be read, shortened for a message. */
  public static String shortened(@Nullable CharSequence text) {
    String whole = String.valueOf(text);
    return whole.length() <= 60 ? whole : whole.substring(0, 60) + "…";
  }
}
