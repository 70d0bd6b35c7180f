package io.millrace.streams.connector;

import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands each row to whoever started the job, at once; a call that blocks slows the job. Rows of a
 * result that changes have the sign of their kind, such as {@code +U}, before their columns.
 */
public final class CallerSink extends Sink {

  private final RowType type;
  private final boolean signed;
  private final Consumer<List<@Nullable Object>> caller;

  /**
   * For a SELECT that stands alone.
   *
   * @param type the columns of the rows it is given
   * @param signed whether the caller is given the kind as well
   */
  public CallerSink(
      String table, RowType type, boolean signed, Consumer<List<@Nullable Object>> caller) {
    super(table);
    this.type = type;
    this.signed = signed;
    this.caller = caller;
  }

  @Override
  public void row(Row row) {
    rows++;
    List<@Nullable Object> values = RowValues.of(row, type);
    if (signed) {
      List<@Nullable Object> all = new ArrayList<>(values.size() + 1);
      all.add(row.kind().sign());
      all.addAll(values);
      values = Collections.unmodifiableList(all);
    }
    caller.accept(values);
  }
}
