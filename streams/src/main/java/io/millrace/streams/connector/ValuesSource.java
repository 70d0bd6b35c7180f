package io.millrace.streams.connector;

import io.millrace.streams.operator.Stage;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.row.Row;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.util.List;

/** A fixed list of rows, pushed at once. */
public final class ValuesSource implements Source {

  private final PlanNode.Values values;
  private final Stage next;
  private boolean finished;

  /** With the first operator. */
  public ValuesSource(PlanNode.Values values, Stage next) {
    this.values = values;
    this.next = next;
  }

  @Override
  public boolean poll() {
    if (finished) {
      return false;
    }
    Row row = new Row(values.rowType().size());
    for (List<Expression.Literal> literals : values.rows()) {
      for (int i = 0; i < literals.size(); i++) {
        row.setBoxed(i, literals.get(i).value());
      }
      next.row(row);
    }
    finished = true;
    next.watermark(Stage.END_OF_TIME);
    return true;
  }

  @Override
  public boolean isFinished() {
    return finished;
  }

  @Override
  public void wakeWhenReadable() {}

  @Override
  public long checkIdle() {
    return Long.MAX_VALUE;
  }

  @Override
  public void save(StateOutput out) {
    out.writeByte(finished ? 1 : 0);
  }

  @Override
  public void load(StateInput in) {
    finished = in.readByte() != 0;
  }

  @Override
  public void resume() {
    if (finished) {
      next.watermark(Stage.END_OF_TIME);
    }
  }

  @Override
  public void close() {}
}
