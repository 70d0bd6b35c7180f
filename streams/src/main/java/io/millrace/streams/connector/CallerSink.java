package io.millrace.streams.connector;

import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands each row to whoever started the job, at once; a call that blocks slows the job. */
public final class CallerSink extends Sink {

  private final RowType type;
  private final Consumer<List<@Nullable Object>> caller;

  /** For a SELECT that stands alone. */
  public CallerSink(String table, RowType type, Consumer<List<@Nullable Object>> caller) {
    super(table);
    this.type = type;
    this.caller = caller;
  }

  @Override
  public void row(Row row) {
    rows++;
    caller.accept(RowValues.of(row, type));
  }
}
