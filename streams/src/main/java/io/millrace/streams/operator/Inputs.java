package io.millrace.streams.operator;

import io.millrace.streams.row.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The inputs of an operator that has several. Their rows are counted and handed on one by one; of
 * event time the operator learns once, what holds for all: the least watermark of those that are
 * not idle. While all are idle it stays where it is.
 */
final class Inputs {

  private final OperatorMetrics metrics;
  private final WatermarkListener target;
  private final List<Input> inputs = new ArrayList<>();
  private long watermark = Stage.NO_WATERMARK;
  private boolean idle;

  /**
   * @param target told when the common watermark may have advanced
   */
  Inputs(OperatorMetrics metrics, WatermarkListener target) {
    this.metrics = metrics;
    this.target = target;
  }

  /** One more input, whose rows are given to {@code rows}. All are added before the first row. */
  Stage add(Consumer<Row> rows) {
    Input input = new Input(rows);
    inputs.add(input);
    return input;
  }

  private final class Input implements Stage {
    private final Consumer<Row> rows;
    private long watermark = NO_WATERMARK;
    private boolean idle;

    private Input(Consumer<Row> rows) {
      this.rows = rows;
    }

    @Override
    public void row(Row row) {
      metrics.rowsIn++;
      rows.accept(row);
    }

    @Override
    public void watermark(long watermark) {
      this.watermark = watermark;
      advance();
    }

    @Override
    public void idle(boolean idle) {
      this.idle = idle;
      advance();
    }
  }

  private void advance() {
    long least = Stage.END_OF_TIME;
    boolean allIdle = true;
    for (Input input : inputs) {
      if (!input.idle) {
        allIdle = false;
        least = Math.min(least, input.watermark);
      }
    }
    if (allIdle != idle) {
      idle = allIdle;
      target.idle(idle);
    }
    if (!allIdle && least >= watermark && least != Stage.NO_WATERMARK) {
      watermark = least;
      target.watermark(watermark);
    }
  }
}
