package io.millrace.streams.plan;

/**
 * The aggregate functions. Unless said otherwise NULL inputs are left out and the result over no
 * input is NULL.
 */
public enum AggregateFunction {
  /** How many rows, or with an argument how many values that are not NULL: BIGINT, never NULL. */
  COUNT,
  /** Of the argument's kind; integers wrap at their width. DECIMAL widens to 38 digits. */
  SUM,
  /**
   * Of the argument's kind, as Flink has it: the mean of integers truncates towards zero. The sum
   * is kept in 64 bits for integers, in a double for FLOAT and DOUBLE.
   */
  AVG,
  /** Of the argument's kind. */
  MIN,
  /** Of the argument's kind. */
  MAX,
  /**
   * DOUBLE: with the n values sorted, the value at position {@code fraction * (n - 1)} from 0, by
   * linear interpolation between its neighbours. Exact: keeps every value of the window. The
   * argument is cast to DOUBLE.
   */
  PERCENTILE
}
