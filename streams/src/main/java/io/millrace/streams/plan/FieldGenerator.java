package io.millrace.streams.plan;

import java.math.BigDecimal;
import java.time.Duration;

/** What the datagen connector puts into a column. */
public sealed interface FieldGenerator {

  /** The share of rows in which the column is NULL: 0 to 1. */
  default double nullRate() {
    return 0;
  }

  /** Whole numbers one after the other, both bounds included; the rows end with the last one. */
  record Sequence(long start, long end) implements FieldGenerator {}

  /** TRUE or FALSE. */
  record Flag(double nullRate) implements FieldGenerator {}

  /** A whole number, both bounds included. */
  record Whole(long min, long max, double nullRate) implements FieldGenerator {}

  /** A floating-point number from {@code min} to below {@code max}. */
  record Fraction(double min, double max, double nullRate) implements FieldGenerator {}

  /** A decimal, both bounds included. */
  record Digits(BigDecimal min, BigDecimal max, double nullRate) implements FieldGenerator {}

  /**
   * Text of hexadecimal digits, or bytes.
   *
   * @param length how many, or how many at most when it varies
   */
  record Text(int length, boolean varying, double nullRate) implements FieldGenerator {}

  /** A time not longer ago than that, by the node's clock. */
  record Past(Duration most, double nullRate) implements FieldGenerator {}
}
