package io.millrace.streams.row;

import java.math.BigDecimal;
import java.util.Arrays;

/** The order of values of one kind: numbers by size, text by code point, bytes unsigned. */
public final class ValueOrder {

  private ValueOrder() {}

  /** Compares two values as {@link Row#boxed} gives them; both of the same carrier. */
  public static int compare(Object left, Object right) {
    return switch (left) {
      case Long a -> Long.compare(a, (Long) right);
      case Double a -> Double.compare(a, (Double) right);
      case Boolean a -> Boolean.compare(a, (Boolean) right);
      case BigDecimal a -> a.compareTo((BigDecimal) right);
      case String a -> compareText(a, (String) right);
      case byte[] a -> Arrays.compareUnsigned(a, (byte[]) right);
      default -> throw new IllegalArgumentException("no order for " + left.getClass());
    };
  }

  /**
   * Compares by code point. Java compares UTF-16 units, where the surrogates of characters beyond
   * U+FFFF stand below U+E000 to U+FFFF.
   */
  public static int compareText(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean firstIsSurrogate = Character.isSurrogate(a);
        return firstIsSurrogate == Character.isSurrogate(b) ? a - b : firstIsSurrogate ? 1 : -1;
      }
    }
    return left.length() - right.length();
  }
}
