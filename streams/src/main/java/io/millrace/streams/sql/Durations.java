package io.millrace.streams.sql;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as options write them: {@code 30 s}, {@code 5min}, {@code 1 h}. */
final class Durations {

  private static final Pattern FORM = Pattern.compile("\\s*(\\d{1,12})\\s*([a-z]*)\\s*");

  private Durations() {}

  /**
   * The duration; a bare number counts milliseconds.
   *
   * @throws IllegalArgumentException when it has another form
   */
  static Duration parse(String text) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "", "ms", "milli", "millis", "millisecond", "milliseconds" -> Duration.ofMillis(amount);
      case "s", "sec", "secs", "second", "seconds" -> Duration.ofSeconds(amount);
      case "m", "min", "mins", "minute", "minutes" -> Duration.ofMinutes(amount);
      case "h", "hour", "hours" -> Duration.ofHours(amount);
      case "d", "day", "days" -> Duration.ofDays(Math.min(amount, 1_000_000));
      default -> throw new IllegalArgumentException(text);
    };
  }

  /** How long a job keeps state that no time bounds after its last change; zero is for ever. */
  static Duration stateTtl(Map<String, String> settings) {
    String value = settings.get(SqlSession.STATE_TTL);
    return value == null ? Duration.ZERO : parse(value);
  }
}
