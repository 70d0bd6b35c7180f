package io.millrace.streams.operator;

import io.millrace.streams.expression.RowException;
import io.millrace.streams.expression.RowFunction;
import io.millrace.streams.row.Row;

/** Computes one output row per input row. */
public final class Project implements Stage {

  private final RowFunction function;
  private final Row output;
  private final FailedRows failedRows;
  private final OperatorMetrics metrics;
  private final Stage next;

  /** With a function that computes {@code columns} columns. */
  public Project(
      RowFunction function,
      int columns,
      FailedRows failedRows,
      OperatorMetrics metrics,
      Stage next) {
    this.function = function;
    this.output = new Row(columns);
    this.failedRows = failedRows;
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    try {
      function.apply(row, output);
    } catch (RowException e) {
      metrics.failedRows++;
      failedRows.failed(metrics.name(), e);
      return;
    }
    output.setKind(row.kind());
    metrics.rowsOut++;
    next.row(output);
  }

  @Override
  public void watermark(long watermark) {
    next.watermark(watermark);
  }

  @Override
  public void idle(boolean idle) {
    next.idle(idle);
  }
}
