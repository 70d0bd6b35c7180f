package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Call;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.ScalarFunction;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Replaces calls whose value is known by that value. What would fail when evaluated, such as a
 * division by zero or a cast of text that is no number, is left as it is: it fails the row that
 * needs it, if there is one.
 */
final class ConstantFolding {

  private ConstantFolding() {}

  /** The call, or the literal or operand that it always equals. */
  static Expression fold(Call call) {
    return switch (call.function()) {
      case AND -> logical(call, false);
      case OR -> logical(call, true);
      case CASE -> choice(call);
      case COALESCE -> coalesce(call);
      case IS_NULL, IS_NOT_NULL, IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE -> test(call);
      case IS_NOT_DISTINCT_FROM, CONCAT_WS, CURRENT_TIMESTAMP -> call;
      default -> strict(call);
    };
  }

  /** AND is decided by FALSE, OR by TRUE; the other value can be left out. */
  private static Expression logical(Call call, boolean deciding) {
    List<Expression> kept = new ArrayList<>();
    for (Expression operand : call.operands()) {
      if (operand instanceof Literal literal && literal.value() instanceof Boolean value) {
        if (value == deciding && kept.isEmpty()) {
          return literal;
        }
        if (value != deciding) {
          continue;
        }
      }
      kept.add(operand);
    }
    if (kept.isEmpty()) {
      return new Literal(!deciding, call.type());
    }
    return kept.size() == 1 ? kept.getFirst() : new Call(call.function(), kept, call.type());
  }

  private static Expression choice(Call call) {
    List<Expression> kept = new ArrayList<>();
    List<Expression> operands = call.operands();
    for (int i = 0; i + 1 < operands.size(); i += 2) {
      if (operands.get(i) instanceof Literal condition) {
        if (!Boolean.TRUE.equals(condition.value())) {
          continue;
        }
        if (kept.isEmpty()) {
          return operands.get(i + 1);
        }
        kept.add(operands.get(i + 1));
        return new Call(ScalarFunction.CASE, kept, call.type());
      }
      kept.add(operands.get(i));
      kept.add(operands.get(i + 1));
    }
    kept.add(operands.getLast());
    return kept.size() == 1 ? kept.getFirst() : new Call(ScalarFunction.CASE, kept, call.type());
  }

  private static Expression coalesce(Call call) {
    List<Expression> kept =
        call.operands().stream()
            .filter(operand -> !(operand instanceof Literal literal && literal.value() == null))
            .toList();
    if (kept.isEmpty()) {
      return new Literal(null, call.type());
    }
    if (kept.size() == 1 || kept.getFirst() instanceof Literal) {
      return kept.getFirst();
    }
    return new Call(call.function(), kept, call.type());
  }

  private static Expression test(Call call) {
    if (!(call.operand(0) instanceof Literal literal)) {
      return call;
    }
    boolean value =
        switch (call.function()) {
          case IS_NULL -> literal.value() == null;
          case IS_NOT_NULL -> literal.value() != null;
          case IS_TRUE -> Boolean.TRUE.equals(literal.value());
          case IS_NOT_TRUE -> !Boolean.TRUE.equals(literal.value());
          case IS_FALSE -> Boolean.FALSE.equals(literal.value());
          default -> !Boolean.FALSE.equals(literal.value());
        };
    return new Literal(value, call.type());
  }

  /** A function that is NULL when an operand is. */
  private static Expression strict(Call call) {
    boolean constant = !call.operands().isEmpty();
    for (Expression operand : call.operands()) {
      if (!(operand instanceof Literal literal)) {
        constant = false;
      } else if (literal.value() == null) {
        return new Literal(null, call.type().withNullable(true));
      }
    }
    if (!constant) {
      return call;
    }
    Literal first = (Literal) call.operand(0);
    if (call.function() == ScalarFunction.CAST || call.function() == ScalarFunction.TRY_CAST) {
      Object value = cast(first, call.type());
      return value == null ? call : new Literal(value, call.type().withNullable(false));
    }
    if (call.operands().size() == 1) {
      return literalOr(call, one(call.function(), first, call.type()));
    }
    return call.operands().size() == 2
        ? literalOr(call, two(call.function(), first, (Literal) call.operand(1), call.type()))
        : call;
  }

  private static Expression literalOr(Call call, @Nullable Object value) {
    return value == null ? call : new Literal(value, call.type().withNullable(false));
  }

  private static @Nullable Object one(ScalarFunction function, Literal operand, DataType type) {
    if (operand.value() instanceof Boolean flag) {
      return function == ScalarFunction.NOT ? Boolean.valueOf(!flag) : null;
    }
    if (function == ScalarFunction.NEGATE) {
      return negated(operand.value(), type);
    }
    return null;
  }

  private static @Nullable Object negated(@Nullable Object value, DataType type) {
    if (value instanceof Long number) {
      return wrapped(-number, type);
    }
    if (value instanceof Double number) {
      return writable(-number);
    }
    return value instanceof BigDecimal number ? number.negate() : null;
  }

  private static @Nullable Object two(
      ScalarFunction function, Literal left, Literal right, DataType type) {
    if (function == ScalarFunction.ADD_INTERVAL) {
      return left.type().kind() == Kind.TIMESTAMP
              && right.type().kind() == Kind.INTERVAL_MILLIS
              && left.value() instanceof Long time
              && right.value() instanceof Long interval
          ? Long.valueOf(time + interval)
          : null;
    }
    Object x = left.value();
    Object y = right.value();
    if (x instanceof Long a && y instanceof Long b) {
      return integers(function, a, b, type);
    }
    if (x instanceof Double a && y instanceof Double b) {
      return doubles(function, a, b, type);
    }
    if (x instanceof BigDecimal a && y instanceof BigDecimal b) {
      return decimals(function, a, b, type);
    }
    if (x instanceof String a && y instanceof String b) {
      return function == ScalarFunction.CONCAT ? a + b : compared(function, compareText(a, b));
    }
    return null;
  }

  private static @Nullable Object integers(ScalarFunction function, long a, long b, DataType type) {
    return switch (function) {
      case ADD -> wrapped(a + b, type);
      case SUBTRACT -> wrapped(a - b, type);
      case MULTIPLY -> wrapped(a * b, type);
      case DIVIDE -> b == 0 ? null : wrapped(a / b, type);
      case MODULO -> b == 0 ? null : wrapped(a % b, type);
      default -> compared(function, Long.compare(a, b));
    };
  }

  private static @Nullable Object doubles(
      ScalarFunction function, double a, double b, DataType type) {
    boolean ordered = !Double.isNaN(a) && !Double.isNaN(b);
    if (type.kind() == Kind.FLOAT || !ordered) {
      return null;
    }
    return switch (function) {
      case ADD -> writable(a + b);
      case SUBTRACT -> writable(a - b);
      case MULTIPLY -> writable(a * b);
      case DIVIDE -> writable(a / b);
      case MODULO -> writable(a % b);
      default -> compared(function, compareNumbers(a, b));
    };
  }

  /** The number, if SQL has a literal for it: not for NaN, infinity and negative zero. */
  private static @Nullable Double writable(double number) {
    boolean negativeZero = number == 0 && 1 / number < 0;
    return Double.isFinite(number) && !negativeZero ? number : null;
  }

  /** As numbers, where the two zeros are equal. */
  private static int compareNumbers(double a, double b) {
    if (a == b) {
      return 0;
    }
    return a < b ? -1 : 1;
  }

  private static @Nullable Object decimals(
      ScalarFunction function, BigDecimal a, BigDecimal b, DataType type) {
    return switch (function) {
      case ADD -> fitted(a.add(b), type);
      case SUBTRACT -> fitted(a.subtract(b), type);
      case MULTIPLY -> fitted(a.multiply(b), type);
      case DIVIDE -> b.signum() == 0 ? null : fitted(a.divide(b, new MathContext(100)), type);
      case MODULO -> b.signum() == 0 ? null : fitted(a.remainder(b), type);
      default -> compared(function, a.compareTo(b));
    };
  }

  private static @Nullable Boolean compared(ScalarFunction function, int comparison) {
    return switch (function) {
      case EQUAL -> comparison == 0;
      case NOT_EQUAL -> comparison != 0;
      case LESS -> comparison < 0;
      case LESS_OR_EQUAL -> comparison <= 0;
      case GREATER -> comparison > 0;
      case GREATER_OR_EQUAL -> comparison >= 0;
      default -> null;
    };
  }

  /** By code point, where String's own order is by UTF-16 unit. */
  private static int compareText(String a, String b) {
    int[] x = a.codePoints().toArray();
    int[] y = b.codePoints().toArray();
    return java.util.Arrays.compare(x, y);
  }

  private static @Nullable Object cast(Literal literal, DataType type) {
    Object value = literal.value();
    if (value instanceof Long number) {
      return castLong(number, literal.type(), type);
    }
    if (value instanceof BigDecimal number) {
      return castDecimal(number, type);
    }
    if (value instanceof String text) {
      return castText(text, type);
    }
    boolean same = literal.type().kind() == type.kind();
    return same && (value instanceof Boolean || value instanceof Double) ? value : null;
  }

  private static @Nullable Object castLong(long number, DataType from, DataType type) {
    if (TypeRules.isInteger(from)) {
      return castInteger(number, type);
    }
    if (from.kind() == Kind.DATE && type.kind() == Kind.TIMESTAMP) {
      return number * 86_400_000;
    }
    boolean sameDigits = from.precision() <= type.precision();
    return from.kind() == type.kind() && sameDigits ? Long.valueOf(number) : null;
  }

  private static @Nullable Object castInteger(long number, DataType type) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, INT, BIGINT -> wrapped(number, type) == number ? number : null;
      case DOUBLE -> (double) number;
      case DECIMAL -> fitted(BigDecimal.valueOf(number), type);
      case STRING -> type.precision() == DataType.UNBOUNDED ? Long.toString(number) : null;
      default -> null;
    };
  }

  private static @Nullable Object castDecimal(BigDecimal number, DataType type) {
    return switch (type.kind()) {
      case DOUBLE -> number.doubleValue();
      case DECIMAL -> fitted(number, type);
      default -> null;
    };
  }

  private static @Nullable Object castText(String text, DataType type) {
    OptionalLong time =
        switch (type.kind()) {
          case DATE -> TimeText.days(text);
          case TIME -> TimeText.millisOfDay(text);
          case TIMESTAMP -> TimeText.millis(text);
          default -> OptionalLong.empty();
        };
    if (time.isPresent()) {
      return time.getAsLong();
    }
    return type.kind() == Kind.STRING && text.length() <= type.precision() ? text : null;
  }

  private static long wrapped(long value, DataType type) {
    return switch (type.kind()) {
      case TINYINT -> (byte) value;
      case SMALLINT -> (short) value;
      case INT -> (int) value;
      default -> value;
    };
  }

  /** Rounded to the type's scale; null when that needs more digits than it has. */
  private static @Nullable BigDecimal fitted(BigDecimal value, DataType type) {
    BigDecimal rounded = value.setScale(type.scale(), RoundingMode.HALF_UP);
    return rounded.precision() > type.precision() ? null : rounded;
  }
}
