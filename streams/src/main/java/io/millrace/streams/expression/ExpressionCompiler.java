package io.millrace.streams.expression;

import io.millrace.core.Clock;
import io.millrace.streams.expression.Evaluator.Operand;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.row.LocalTimes;
import java.time.ZoneId;
import java.util.List;

/** Chooses the evaluator of each expression. */
public final class ExpressionCompiler {

  private final TimeFunctions times;
  private final Conversions conversions;
  private final Clock clock;

  /**
   * For one job.
   *
   * @param zone the session's zone
   * @param clock what CURRENT_TIMESTAMP reads
   */
  public ExpressionCompiler(ZoneId zone, Clock clock) {
    times = new TimeFunctions(zone);
    conversions = new Conversions(new LocalTimes(zone));
    this.clock = clock;
  }

  /** An evaluator of its own, for one thread. */
  public Evaluator compile(Expression expression) {
    return switch (expression) {
      case Expression.Column column -> new Evaluator.ColumnValue(column.index());
      case Expression.Literal literal -> new Evaluator.Constant(literal.value());
      case Expression.Call call -> compileCall(call);
    };
  }

  Operand operand(Expression expression) {
    return new Operand(compile(expression), expression.type());
  }

  private Evaluator compileCall(Expression.Call call) {
    List<Operand> operands = call.operands().stream().map(this::operand).toList();
    DataType type = call.type();
    return switch (call.function()) {
      case AND,
          OR,
          NOT,
          IS_NULL,
          IS_NOT_NULL,
          IS_TRUE,
          IS_NOT_TRUE,
          IS_FALSE,
          IS_NOT_FALSE,
          CASE,
          COALESCE ->
          LogicFunctions.compile(call.function(), operands, type);
      case EQUAL,
          NOT_EQUAL,
          LESS,
          LESS_OR_EQUAL,
          GREATER,
          GREATER_OR_EQUAL,
          IS_NOT_DISTINCT_FROM,
          IN,
          GREATEST,
          LEAST ->
          ComparisonFunctions.compile(call, operands);
      case ADD,
          SUBTRACT,
          MULTIPLY,
          DIVIDE,
          MODULO,
          NEGATE,
          ABS,
          CEIL,
          FLOOR,
          ROUND,
          TRUNCATE,
          SIGN,
          POWER,
          SQRT,
          EXP,
          LN,
          LOG10,
          LOG2 ->
          ArithmeticFunctions.compile(call.function(), operands, type);
      case CAST -> conversions.cast(operands.getFirst(), type);
      case TRY_CAST -> conversions.tryCast(operands.getFirst(), type);
      case CONCAT,
          CONCAT_WS,
          UPPER,
          LOWER,
          CHAR_LENGTH,
          SUBSTRING,
          POSITION,
          TRIM,
          LTRIM,
          RTRIM,
          REPLACE,
          LPAD,
          RPAD,
          LEFT,
          RIGHT,
          REVERSE,
          REPEAT,
          INITCAP,
          LIKE,
          SPLIT_INDEX ->
          TextFunctions.compile(call, operands);
      case TO_TIMESTAMP_LTZ,
          TO_TIMESTAMP,
          TO_DATE,
          DATE_FORMAT,
          EXTRACT,
          FLOOR_TO,
          CEIL_TO,
          ADD_INTERVAL,
          TIMESTAMP_DIFF ->
          times.compile(call, operands);
      case CURRENT_TIMESTAMP -> Strict.longs(clock::millis);
    };
  }
}
