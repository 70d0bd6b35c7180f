package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Call;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Builds calls of operators: checks what they are given, brings it to one type by casts, derives
 * the type of the result, and folds what is constant.
 */
final class Operators {

  /** A nullable BOOLEAN. */
  static final DataType BOOLEAN = DataType.of(Kind.BOOLEAN);

  private static final int LARGEST_REPEATED = 1_000;

  private Operators() {}

  /** A call whose type is nullable when an operand's is. */
  static Expression call(ScalarFunction function, DataType type, Expression... operands) {
    return call(function, type, List.of(operands));
  }

  static Expression call(ScalarFunction function, DataType type, List<Expression> operands) {
    boolean nullable = operands.stream().anyMatch(operand -> operand.type().nullable());
    return ConstantFolding.fold(new Call(function, operands, type.withNullable(nullable)));
  }

  /** A call whose type is as given. */
  static Expression exact(ScalarFunction function, DataType type, List<Expression> operands) {
    return ConstantFolding.fold(new Call(function, operands, type));
  }

  static Literal text(String text) {
    return new Literal(text, DataType.of(Kind.STRING).withNullable(false));
  }

  static Literal integer(long value) {
    return new Literal(value, DataType.of(Kind.INT).withNullable(false));
  }

  /** The value as the type; the value itself when it is that already. Keeps its nullability. */
  static Expression as(Expression value, DataType type) {
    DataType from = value.type();
    if (value instanceof Literal literal && literal.value() == null) {
      return new Literal(null, type.withNullable(true));
    }
    if (from.kind() == type.kind()
        && from.precision() == type.precision()
        && from.scale() == type.scale()) {
      return value;
    }
    return call(ScalarFunction.CAST, type, value);
  }

  /** The value as the kind; decimals and texts of any size are left as they are. */
  static Expression asKindOf(Expression value, DataType type) {
    return value.type().kind() == type.kind() ? value : as(value, type);
  }

  static Expression and(List<Expression> conditions, Position at) {
    return logical(ScalarFunction.AND, conditions, at);
  }

  /** AND or OR; nested ones of the same sort become one. */
  static Expression logical(ScalarFunction function, List<Expression> operands, Position at) {
    List<Expression> flat = new ArrayList<>();
    for (Expression operand : operands) {
      Expression condition = condition(operand, function.name(), at);
      if (condition instanceof Call call && call.function() == function) {
        flat.addAll(call.operands());
      } else {
        flat.add(condition);
      }
    }
    return call(function, BOOLEAN, flat);
  }

  /** The value, which must be a BOOLEAN. */
  static Expression condition(Expression value, String what, Position at) {
    if (value.type().kind() == Kind.NULL) {
      return as(value, BOOLEAN);
    }
    if (value.type().kind() != Kind.BOOLEAN) {
      throw new SqlException(at, what + " needs a BOOLEAN; found " + shown(value.type()));
    }
    return value;
  }

  static Expression not(Expression value, Position at) {
    return call(ScalarFunction.NOT, BOOLEAN, condition(value, "NOT", at));
  }

  /** A comparison; never NULL for {@link ScalarFunction#IS_NOT_DISTINCT_FROM}. */
  static Expression comparison(
      ScalarFunction function, Expression left, Expression right, Position at) {
    List<Expression> same = sameKind(List.of(left, right), "compare", at);
    return function == ScalarFunction.IS_NOT_DISTINCT_FROM
        ? exact(function, BOOLEAN.withNullable(false), same)
        : call(function, BOOLEAN, same);
  }

  /** The values cast to one kind. Text literals stand for dates and times beside such values. */
  static List<Expression> sameKind(List<Expression> values, String verb, Position at) {
    List<Expression> read = readTimes(values, at);
    DataType common = commonType(read, verb, at);
    return read.stream().map(value -> asKindOf(value, common)).toList();
  }

  /** The values cast to exactly one type, which is that of the result. */
  static List<Expression> sameType(List<Expression> values, String verb, Position at) {
    List<Expression> read = readTimes(values, at);
    DataType common = commonType(read, verb, at);
    return read.stream().map(value -> as(value, common)).toList();
  }

  private static DataType commonType(List<Expression> values, String verb, Position at) {
    DataType common = values.getFirst().type();
    for (Expression value : values.subList(1, values.size())) {
      Optional<DataType> wider = TypeRules.common(common, value.type());
      if (wider.isEmpty()) {
        throw new SqlException(
            at,
            "cannot "
                + verb
                + " "
                + shown(common)
                + " with "
                + shown(value.type())
                + "; CAST one of them to the type of the other");
      }
      common = wider.get();
    }
    return common;
  }

  private static List<Expression> readTimes(List<Expression> values, Position at) {
    Optional<DataType> time =
        values.stream()
            .map(Expression::type)
            .filter(
                type -> type.isTimestamp() || type.kind() == Kind.DATE || type.kind() == Kind.TIME)
            .findFirst();
    if (time.isEmpty()) {
      return values;
    }
    return values.stream()
        .map(
            value ->
                value instanceof Literal literal && literal.value() instanceof String text
                    ? time(text, time.get(), at)
                    : value)
        .toList();
  }

  /** The time that a text stands for. */
  static Expression time(String text, DataType type, Position at) {
    DataType local = type.kind() == Kind.TIMESTAMP_LTZ ? DataType.of(Kind.TIMESTAMP) : type;
    Expression value = as(text(text), local.withNullable(false));
    if (!(value instanceof Literal)) {
      String form =
          switch (type.kind()) {
            case DATE -> "'2001-01-31'";
            case TIME -> "'12:30:00'";
            default -> "'2001-01-31 12:30:00'";
          };
      throw new SqlException(
          at, "'" + Messages.shorten(text) + "' is no " + type.sql() + "; one is written " + form);
    }
    return as(value, type);
  }

  /** {@code + - * / %} of numbers, times and intervals. */
  static Expression arithmetic(
      ScalarFunction function, String symbol, Expression left, Expression right, Position at) {
    DataType a = left.type();
    DataType b = right.type();
    boolean sum = function == ScalarFunction.ADD || function == ScalarFunction.SUBTRACT;
    if (sum && isTime(a) && TypeRules.isInterval(b)) {
      return addInterval(left, function == ScalarFunction.ADD ? right : negate(right, at), at);
    }
    if (function == ScalarFunction.ADD && TypeRules.isInterval(a) && isTime(b)) {
      return addInterval(right, left, at);
    }
    if (sum && TypeRules.isInterval(a) && a.kind() == b.kind()) {
      return call(function, a, left, right);
    }
    boolean product = function == ScalarFunction.MULTIPLY || function == ScalarFunction.DIVIDE;
    if (product && TypeRules.isInterval(a) && TypeRules.isInteger(b)) {
      return scaled(function, left, right);
    }
    if (function == ScalarFunction.MULTIPLY && TypeRules.isInteger(a) && TypeRules.isInterval(b)) {
      return scaled(function, right, left);
    }
    boolean numbers =
        (a.isNumeric() || a.kind() == Kind.NULL) && (b.isNumeric() || b.kind() == Kind.NULL);
    if (!numbers) {
      throw new SqlException(
          at,
          symbol
              + " cannot be applied to "
              + shown(a)
              + " and "
              + shown(b)
              + "; it takes two numbers"
              + (sum ? ", or a time and an interval" : ""));
    }
    return numbers(function, left, right, at);
  }

  private static Expression numbers(
      ScalarFunction function, Expression left, Expression right, Position at) {
    DataType common = commonType(List.of(left, right), "calculate", at);
    if (common.kind() == Kind.NULL) {
      return new Literal(null, DataType.of(Kind.INT));
    }
    if (common.kind() != Kind.DECIMAL) {
      return call(function, common, asKindOf(left, common), asKindOf(right, common));
    }
    DataType a = TypeRules.asDecimal(left.type().kind() == Kind.NULL ? common : left.type());
    DataType b = TypeRules.asDecimal(right.type().kind() == Kind.NULL ? common : right.type());
    DataType type =
        switch (function) {
          case MULTIPLY -> TypeRules.decimalProduct(a, b);
          case DIVIDE -> TypeRules.decimalQuotient(a, b);
          case MODULO -> TypeRules.decimalRemainder(a, b);
          default -> TypeRules.decimalSum(a, b);
        };
    // A result that needs too many digits, and one divided by zero, is not known to have a value.
    return exact(function, type.withNullable(true), List.of(asKindOf(left, a), asKindOf(right, b)));
  }

  /** An interval times or by a number: counted in the interval's own unit. */
  static Expression scaled(ScalarFunction function, Expression interval, Expression number) {
    DataType type = interval.type();
    if (number instanceof Literal literal && literal.value() instanceof Long count) {
      return call(function, type, interval, new Literal(count, type.withNullable(false)));
    }
    Expression count = as(number, DataType.of(Kind.BIGINT));
    return call(function, type, interval, call(ScalarFunction.CAST, type, count));
  }

  static Expression negate(Expression value, Position at) {
    DataType type = value.type();
    if (!type.isNumeric() && !TypeRules.isInterval(type) && type.kind() != Kind.NULL) {
      throw new SqlException(at, "- needs a number or an interval; found " + shown(type));
    }
    return call(ScalarFunction.NEGATE, type, value);
  }

  private static boolean isTime(DataType type) {
    return type.isTimestamp() || type.kind() == Kind.DATE || type.kind() == Kind.TIME;
  }

  /** A time plus an interval. A date stays one when the interval is of whole days or months. */
  static Expression addInterval(Expression time, Expression interval, Position at) {
    DataType type = time.type();
    if (type.kind() == Kind.TIME && interval.type().kind() == Kind.INTERVAL_MONTHS) {
      throw new SqlException(at, "months cannot be added to a TIME");
    }
    if (type.kind() == Kind.DATE && !isWholeDays(interval)) {
      return addInterval(as(time, DataType.of(Kind.TIMESTAMP)), interval, at);
    }
    return call(ScalarFunction.ADD_INTERVAL, type, time, interval);
  }

  private static boolean isWholeDays(Expression interval) {
    return interval.type().kind() == Kind.INTERVAL_MONTHS
        || (interval instanceof Literal literal
            && literal.value() instanceof Long millis
            && millis % 86_400_000 == 0);
  }

  /** CASE: condition, value, …, otherwise. */
  static Expression choice(List<Expression> conditions, List<Expression> values, Position at) {
    List<Expression> same = sameType(values, "choose between", at);
    List<Expression> operands = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      operands.add(condition(conditions.get(i), "WHEN", at));
      operands.add(same.get(i));
    }
    operands.add(same.getLast());
    boolean nullable = same.stream().anyMatch(value -> value.type().nullable());
    return exact(ScalarFunction.CASE, same.getFirst().type().withNullable(nullable), operands);
  }

  /** The value, which will stand in an expression more than once. */
  static Expression repeatable(Expression value, Position at) {
    if (Rewrites.size(value, LARGEST_REPEATED + 1) > LARGEST_REPEATED) {
      throw new SqlException(
          at, "this expression is too large to stand here; give it a name in a view");
    }
    return value;
  }

  /** How messages call a type. */
  static String shown(DataType type) {
    return type.kind() == Kind.NULL ? "NULL" : type.sql();
  }
}
