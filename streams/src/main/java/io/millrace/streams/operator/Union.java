package io.millrace.streams.operator;

import io.millrace.streams.row.Row;

/** All rows of all inputs. */
public final class Union {

  private final OperatorMetrics metrics;
  private final Stage next;
  private final Inputs inputs;

  /** Without inputs as yet. */
  public Union(OperatorMetrics metrics, Stage next) {
    this.metrics = metrics;
    this.next = next;
    inputs = new Inputs(metrics, next);
  }

  /** One more input. All are to be added before the first row. */
  public Stage addInput() {
    return inputs.add(this::pass);
  }

  private void pass(Row row) {
    metrics.rowsOut++;
    next.row(row);
  }
}
