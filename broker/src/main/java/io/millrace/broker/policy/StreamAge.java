package io.millrace.broker.policy;

/** Ages as streams are given them: a number and a unit, such as {@code 7D}. */
public final class StreamAge {

  private static final long DAY_MILLIS = 86_400_000L;

  private StreamAge() {}

  /** In milliseconds; -1 when the text is no age. */
  public static long millis(String text) {
    long unit =
        switch (text.isEmpty() ? ' ' : text.charAt(text.length() - 1)) {
          case 'Y' -> 365 * DAY_MILLIS;
          case 'M' -> 30 * DAY_MILLIS;
          case 'D' -> DAY_MILLIS;
          case 'h' -> 3_600_000;
          case 'm' -> 60_000;
          case 's' -> 1000;
          default -> 0;
        };
    try {
      if (unit > 0) {
        long count = Long.parseLong(text, 0, text.length() - 1, 10);
        return count < 0 ? -1 : Math.multiplyExact(count, unit);
      }
      return -1;
    } catch (NumberFormatException | ArithmeticException e) {
      return -1;
    }
  }
}
