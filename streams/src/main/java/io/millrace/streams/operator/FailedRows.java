package io.millrace.streams.operator;

import io.millrace.streams.expression.RowException;

/** What a job does with a row for which an expression has no value. */
@FunctionalInterface
public interface FailedRows {

  /**
   * Returns when the row is to be skipped, else throws.
   *
   * @param operator the operator's name
   */
  void failed(String operator, RowException failure);
}
