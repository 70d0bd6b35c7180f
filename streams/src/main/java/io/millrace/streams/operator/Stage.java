package io.millrace.streams.operator;

import io.millrace.streams.row.Row;

/** What takes rows: an operator or a sink. Called by the job's thread only. */
public interface Stage extends WatermarkListener {

  /** No watermark has been seen. */
  long NO_WATERMARK = Long.MIN_VALUE;

  /** The watermark after the last row of a bounded input. */
  long END_OF_TIME = Long.MAX_VALUE;

  /** Takes a row, which is valid during the call only. */
  void row(Row row);
}
