package io.millrace.streams.operator;

import io.millrace.streams.expression.Evaluator;
import io.millrace.streams.expression.RowException;
import io.millrace.streams.row.Row;

/** Passes on the rows for which a condition is TRUE. */
public final class Filter implements Stage {

  private final Evaluator condition;
  private final FailedRows failedRows;
  private final OperatorMetrics metrics;
  private final Stage next;

  /** With a condition over the input row. */
  public Filter(Evaluator condition, FailedRows failedRows, OperatorMetrics metrics, Stage next) {
    this.condition = condition;
    this.failedRows = failedRows;
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    boolean passes;
    try {
      passes = condition.isTrue(row);
    } catch (RowException e) {
      metrics.failedRows++;
      failedRows.failed(metrics.name(), e);
      return;
    }
    if (passes) {
      metrics.rowsOut++;
      next.row(row);
    }
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
