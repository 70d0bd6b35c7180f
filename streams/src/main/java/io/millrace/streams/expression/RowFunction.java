package io.millrace.streams.expression;

import io.millrace.core.Clock;
import io.millrace.streams.expression.Evaluator.Operand;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.row.Row;
import java.time.ZoneId;
import java.util.List;

/** Computes the columns of one row from another: a compiled list of expressions. */
public final class RowFunction {

  private final Operand[] operands;

  private RowFunction(Operand[] operands) {
    this.operands = operands;
  }

  /** For expressions over the same input row, in the order of the output columns. */
  public static RowFunction compile(List<Expression> expressions, ZoneId zone, Clock clock) {
    ExpressionCompiler compiler = new ExpressionCompiler(zone, clock);
    return new RowFunction(expressions.stream().map(compiler::operand).toArray(Operand[]::new));
  }

  /**
   * Fills every column of {@code target}.
   *
   * @throws RowException when this row has no value; {@code target} is then partly filled
   */
  public void apply(Row row, Row target) {
    for (int i = 0; i < operands.length; i++) {
      operands[i].into(row, target, i);
    }
  }

  /** The type of an output column. */
  public DataType type(int column) {
    return operands[column].type();
  }
}
