package io.millrace.streams.operator;

import io.millrace.streams.row.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * All rows of all inputs. Its watermark is the least of those inputs' that are not idle; while all
 * are idle it stays where it is.
 */
public final class Union {

  private final OperatorMetrics metrics;
  private final Stage next;
  private final List<Input> inputs = new ArrayList<>();
  private long watermark = Stage.NO_WATERMARK;
  private boolean idle;

  /** Without inputs as yet. */
  public Union(OperatorMetrics metrics, Stage next) {
    this.metrics = metrics;
    this.next = next;
  }

  /** One more input. All are to be added before the first row. */
  public Stage addInput() {
    Input input = new Input();
    inputs.add(input);
    return input;
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
      next.idle(idle);
    }
    if (!allIdle && least >= watermark && least != Stage.NO_WATERMARK) {
      watermark = least;
      next.watermark(watermark);
    }
  }

  private final class Input implements Stage {
    private long watermark = Stage.NO_WATERMARK;
    private boolean idle;

    @Override
    public void row(Row row) {
      metrics.rowsIn++;
      metrics.rowsOut++;
      next.row(row);
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
}
