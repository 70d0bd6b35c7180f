package io.millrace.streams.operator;

import io.millrace.streams.row.Row;

/** All rows of all inputs. */
public final class Union {

  private final OperatorMetrics metrics;
  private final Stage next;
  private final InputWatermarks watermarks;

  /** Without inputs as yet. */
  public Union(OperatorMetrics metrics, Stage next) {
    this.metrics = metrics;
    this.next = next;
    watermarks = new InputWatermarks(next);
  }

  /** One more input. All are to be added before the first row. */
  public Stage addInput() {
    return new Input(watermarks.add());
  }

  private final class Input implements Stage {
    private final int number;

    private Input(int number) {
      this.number = number;
    }

    @Override
    public void row(Row row) {
      metrics.rowsIn++;
      metrics.rowsOut++;
      next.row(row);
    }

    @Override
    public void watermark(long watermark) {
      watermarks.watermark(number, watermark);
    }

    @Override
    public void idle(boolean idle) {
      watermarks.idle(number, idle);
    }
  }
}
