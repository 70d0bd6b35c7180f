package io.millrace.streams.expression;

import io.millrace.streams.row.Row;
import org.jspecify.annotations.Nullable;

/** Computes an object whatever the expression's carrier, and takes it out of its box last. */
abstract class BoxedEvaluator extends Evaluator {

  /** The value as {@link Row#boxed} gives it; null for NULL. */
  abstract @Nullable Object evalBoxed(Row row);

  private @Nullable Object eval(Row row) {
    Object result = evalBoxed(row);
    isNull = result == null;
    return result;
  }

  @Override
  public final long evalLong(Row row) {
    Object result = eval(row);
    return result == null ? 0 : (Long) result;
  }

  @Override
  public final double evalDouble(Row row) {
    Object result = eval(row);
    return result == null ? 0 : (Double) result;
  }

  @Override
  public final boolean evalBoolean(Row row) {
    Object result = eval(row);
    return result != null && (Boolean) result;
  }

  @Override
  public final @Nullable Object evalObject(Row row) {
    return eval(row);
  }
}
