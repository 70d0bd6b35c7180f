package io.millrace.streams.connector;

import io.millrace.streams.row.Row;

/** Makes up rows. Called by the job's thread only. */
interface RowGenerator {

  /**
   * Fills the columns that a scan reads with the row of a number; the same for the same number,
   * unless a column is the time of day.
   *
   * @param number from 0
   */
  void fill(long number, Row row);
}
