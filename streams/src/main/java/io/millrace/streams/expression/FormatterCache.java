package io.millrace.streams.expression;

import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Formatters by pattern: patterns are nearly always literals. Bounded; any thread. */
final class FormatterCache {

  private static final int LIMIT = 256;

  private final Map<String, DateTimeFormatter> formatters = new ConcurrentHashMap<>();

  /**
   * The formatter of a java.time pattern.
   *
   * @throws IllegalArgumentException for a pattern that is none
   */
  DateTimeFormatter get(String pattern) {
    DateTimeFormatter formatter = formatters.get(pattern);
    if (formatter == null) {
      formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
      if (formatters.size() < LIMIT) {
        formatters.put(pattern, formatter);
      }
    }
    return formatter;
  }
}
