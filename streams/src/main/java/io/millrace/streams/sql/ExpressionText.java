package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Call;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.PlanNames;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.ScalarFunction;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes expressions as SQL, with every cast shown and parentheses around all that is nested. */
final class ExpressionText {

  private static final Map<ScalarFunction, String> INFIX =
      Map.ofEntries(
          Map.entry(ScalarFunction.AND, "AND"),
          Map.entry(ScalarFunction.OR, "OR"),
          Map.entry(ScalarFunction.EQUAL, "="),
          Map.entry(ScalarFunction.NOT_EQUAL, "<>"),
          Map.entry(ScalarFunction.LESS, "<"),
          Map.entry(ScalarFunction.LESS_OR_EQUAL, "<="),
          Map.entry(ScalarFunction.GREATER, ">"),
          Map.entry(ScalarFunction.GREATER_OR_EQUAL, ">="),
          Map.entry(ScalarFunction.IS_NOT_DISTINCT_FROM, "IS NOT DISTINCT FROM"),
          Map.entry(ScalarFunction.ADD, "+"),
          Map.entry(ScalarFunction.SUBTRACT, "-"),
          Map.entry(ScalarFunction.MULTIPLY, "*"),
          Map.entry(ScalarFunction.DIVIDE, "/"),
          Map.entry(ScalarFunction.MODULO, "%"),
          Map.entry(ScalarFunction.ADD_INTERVAL, "+"));

  private ExpressionText() {}

  /** The expression over rows with these columns. */
  static String of(Expression expression, RowType row) {
    return switch (expression) {
      case Expression.Column column -> PlanNames.column(row, column.index());
      case Literal literal -> literal(literal);
      case Call call -> call(call, row);
    };
  }

  private static String nested(Expression expression, RowType row) {
    String text = of(expression, row);
    boolean infix =
        expression instanceof Call call
            && (INFIX.containsKey(call.function()) || isPostfix(call.function()) || isPrefix(call));
    return infix ? "(" + text + ")" : text;
  }

  private static boolean isPrefix(Call call) {
    return switch (call.function()) {
      case NOT, NEGATE, IN, LIKE -> true;
      default -> false;
    };
  }

  private static boolean isPostfix(ScalarFunction function) {
    return switch (function) {
      case IS_NULL, IS_NOT_NULL, IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE -> true;
      default -> false;
    };
  }

  private static String call(Call call, RowType row) {
    if (call.function() == ScalarFunction.ADD_INTERVAL
        && call.operand(1) instanceof Literal interval
        && interval.value() instanceof Long amount
        && amount < 0) {
      return nested(call.operand(0), row) + " - " + literal(new Literal(-amount, interval.type()));
    }
    String infix = INFIX.get(call.function());
    if (infix != null) {
      return call.operands().stream()
          .map(operand -> nested(operand, row))
          .collect(Collectors.joining(" " + infix + " "));
    }
    if (isPostfix(call.function())) {
      return nested(call.operand(0), row) + " " + call.function().name().replace('_', ' ');
    }
    return switch (call.function()) {
      case NOT -> "NOT " + nested(call.operand(0), row);
      case NEGATE -> "- " + negated(call.operand(0), row);
      case CAST, TRY_CAST ->
          call.function() + "(" + of(call.operand(0), row) + " AS " + call.type().sql() + ")";
      case CASE -> choice(call, row);
      case IN ->
          nested(call.operand(0), row)
              + " IN ("
              + list(call.operands().subList(1, call.operands().size()), row)
              + ")";
      case LIKE ->
          nested(call.operand(0), row)
              + " LIKE "
              + nested(call.operand(1), row)
              + (call.operands().size() > 2 ? " ESCAPE " + nested(call.operand(2), row) : "");
      case EXTRACT -> "EXTRACT(" + unit(call) + " FROM " + of(call.operand(1), row) + ")";
      case FLOOR_TO -> "FLOOR(" + of(call.operand(1), row) + " TO " + unit(call) + ")";
      case CEIL_TO -> "CEIL(" + of(call.operand(1), row) + " TO " + unit(call) + ")";
      case TIMESTAMP_DIFF ->
          "TIMESTAMPDIFF("
              + unit(call)
              + ", "
              + list(call.operands().subList(1, call.operands().size()), row)
              + ")";
      case CURRENT_TIMESTAMP -> "CURRENT_TIMESTAMP";
      case TRIM -> "BTRIM(" + list(call.operands(), row) + ")";
      case POSITION ->
          "POSITION(" + nested(call.operand(0), row) + " IN " + nested(call.operand(1), row) + ")";
      default -> call.function() + "(" + list(call.operands(), row) + ")";
    };
  }

  /** A literal behind a minus would be read as a negative literal. */
  private static String negated(Expression operand, RowType row) {
    return operand instanceof Literal literal
        ? "CAST(" + literal(literal) + " AS " + literal.type().sql() + ")"
        : nested(operand, row);
  }

  private static String choice(Call call, RowType row) {
    StringBuilder text = new StringBuilder("CASE");
    List<Expression> operands = call.operands();
    for (int i = 0; i + 1 < operands.size(); i += 2) {
      text.append(" WHEN ").append(of(operands.get(i), row));
      text.append(" THEN ").append(of(operands.get(i + 1), row));
    }
    return text.append(" ELSE ").append(of(operands.getLast(), row)).append(" END").toString();
  }

  private static String unit(Call call) {
    return call.operand(0) instanceof Literal literal ? String.valueOf(literal.value()) : "?";
  }

  private static String list(List<Expression> operands, RowType row) {
    List<String> texts = new ArrayList<>();
    operands.forEach(operand -> texts.add(of(operand, row)));
    return String.join(", ", texts);
  }

  /** The constant as SQL writes it. */
  static String literal(Literal literal) {
    DataType type = literal.type();
    return switch (literal.value()) {
      case null -> type.kind() == Kind.NULL ? "NULL" : "CAST(NULL AS " + type.sql() + ")";
      case String text -> "'" + text.replace("'", "''") + "'";
      case BigDecimal number -> decimal(number, type);
      case Long number -> whole(number, type);
      case Double number -> approximate(number, type);
      case Object other -> other.toString().toUpperCase(java.util.Locale.ROOT);
    };
  }

  private static String decimal(BigDecimal number, DataType type) {
    String text = number.toPlainString();
    int digits = Math.max(number.precision(), Math.max(1, number.scale()));
    return number.scale() > 0 && digits == type.precision()
        ? text
        : "CAST(" + text + " AS " + type.sql() + ")";
  }

  /** In the largest unit that it is a whole number of, else in all of them. */
  private static String interval(long millis) {
    if (millis % 86_400_000 == 0) {
      return interval(millis / 86_400_000, "DAY");
    }
    if (millis % 3_600_000 == 0) {
      return interval(millis / 3_600_000, "HOUR");
    }
    if (millis % 60_000 == 0) {
      return interval(millis / 60_000, "MINUTE");
    }
    if (millis % 1_000 == 0) {
      return interval(millis / 1_000, "SECOND");
    }
    Duration amount = Duration.ofMillis(millis).abs();
    long days = amount.toDays();
    return String.format(
        "INTERVAL '%s%d %02d:%02d:%02d.%03d' DAY(%d) TO SECOND(3)",
        millis < 0 ? "-" : "",
        days,
        amount.toHoursPart(),
        amount.toMinutesPart(),
        amount.toSecondsPart(),
        amount.toMillisPart(),
        Math.max(2, String.valueOf(days).length()));
  }

  private static String interval(long amount, String unit) {
    int digits = String.valueOf(Math.abs(amount)).length();
    return "INTERVAL '" + amount + "' " + unit + (digits > 2 ? "(" + digits + ")" : "");
  }

  private static String approximate(double number, DataType type) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return "CAST('" + number + "' AS " + type.sql() + ")";
    }
    String text = String.valueOf(number);
    String scientific = text.contains("E") ? text : text + "E0";
    return type.kind() == Kind.FLOAT ? "CAST(" + scientific + " AS FLOAT)" : scientific;
  }

  private static String whole(long number, DataType type) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT -> "CAST(" + number + " AS " + type.sql() + ")";
      case BIGINT ->
          number == (int) number ? "CAST(" + number + " AS BIGINT)" : String.valueOf(number);
      case DATE -> "DATE '" + LocalDate.ofEpochDay(number) + "'";
      case TIME -> "TIME '" + TimeText.clock(LocalTime.ofNanoOfDay(number * 1_000_000)) + "'";
      case TIMESTAMP -> "TIMESTAMP '" + TimeText.shown(number) + "'";
      case INTERVAL_MILLIS -> interval(number);
      case INTERVAL_MONTHS -> interval(number, "MONTH");
      default -> String.valueOf(number);
    };
  }
}
