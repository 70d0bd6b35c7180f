package io.millrace.streams.operator;

import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.row.Row;
import java.time.ZoneId;

/** Puts out each row once per window that its time lies in, the earliest window first. */
public final class AssignWindows implements Stage {

  private final WindowAlignment windows;
  private final int timeColumn;
  private final int columns;
  private final Row output;
  private final OperatorMetrics metrics;
  private final Stage next;

  /** For a node of a plan, in a job with that zone. */
  public AssignWindows(
      PlanNode.AssignWindows node, ZoneId zone, OperatorMetrics metrics, Stage next) {
    timeColumn = node.timeColumn();
    columns = node.input().rowType().size();
    windows = new WindowAlignment(node.window(), node.input().rowType().type(timeColumn), zone);
    output = new Row(columns + 3);
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    if (row.isNull(timeColumn)) {
      metrics.failedRows++;
      return;
    }
    for (int i = 0; i < columns; i++) {
      output.copy(i, row, i);
    }
    output.setKind(row.kind());
    long first = windows.sliceEnd(row.getLong(timeColumn));
    long last = windows.lastWindowEnd(first);
    for (long end = first; end <= last; end += windows.slide()) {
      output.setLong(columns, windows.start(end));
      output.setLong(columns + 1, end);
      output.setLong(columns + 2, windows.windowTime(end));
      metrics.rowsOut++;
      next.row(output);
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
