package io.millrace.cdn.cache;

import org.jspecify.annotations.Nullable;

/**
 * A part of a body.
 *
 * @param first index of its first byte
 * @param last index of its last byte
 */
public record ByteRange(long first, long last) {

  /** The answer for a range that lies wholly outside. */
  public static final ByteRange UNSATISFIABLE = new ByteRange(-1, -1);

  /** How many bytes it has. */
  public long length() {
    return last - first + 1;
  }

  /** Digits as a number, or -1; one that is too large is as large as can be. */
  static long number(String digits) {
    long value = digits.isEmpty() ? -1 : 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : value * 10 + digit;
    }
    return value;
  }

  /**
   * The range that a Range field asks for (RFC 9110, section 14).
   *
   * @return null when the whole body is to be sent: the field is malformed, of another unit, or
   *     names several ranges; {@link #UNSATISFIABLE} when it starts behind the end
   */
  public static @Nullable ByteRange parse(String value, long length) {
    if (!value.regionMatches(true, 0, "bytes=", 0, 6) || value.indexOf(',') >= 0) {
      return null;
    }
    String spec = value.substring(6).strip();
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return null;
    }
    String from = spec.substring(0, dash);
    String to = spec.substring(dash + 1);
    if (from.isEmpty()) {
      long suffix = number(to);
      if (suffix < 0) {
        return null;
      }
      return suffix == 0 || length == 0
          ? UNSATISFIABLE
          : new ByteRange(Math.max(0, length - suffix), length - 1);
    }
    long first = number(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : number(to);
    if (first < 0 || last < first) {
      return null;
    }
    return first >= length ? UNSATISFIABLE : new ByteRange(first, Math.min(last, length - 1));
  }
}
