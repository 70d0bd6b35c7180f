package io.millrace.streams.expression;

import io.millrace.streams.expression.Evaluator.Operand;
import io.millrace.streams.plan.DataType.Carrier;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.ScalarFunction;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.ValueOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Comparisons of two values, membership in a list, the greatest and least of several. */
final class ComparisonFunctions {

  private ComparisonFunctions() {}

  static Evaluator compile(Expression.Call call, List<Operand> operands) {
    return switch (call.function()) {
      case IN -> new In(call, operands.getFirst());
      case IS_NOT_DISTINCT_FROM -> new NotDistinct(operands.get(0), operands.get(1));
      case GREATEST -> extreme(operands, 1);
      case LEAST -> extreme(operands, -1);
      default -> comparison(call.function(), operands.get(0), operands.get(1));
    };
  }

  private static Evaluator comparison(ScalarFunction function, Operand left, Operand right) {
    return switch (left.carrier()) {
      case LONG -> Strict.longTest(left, right, longTest(function));
      case DOUBLE -> Strict.doubleTest(left, right, doubleTest(function));
      case BOOLEAN, DECIMAL, STRING, BYTES -> {
        if (function == ScalarFunction.EQUAL && left.carrier() == Carrier.STRING) {
          yield Strict.boxed(List.of(left, right), pair -> pair[0].equals(pair[1]));
        }
        Strict.LongTest test = longTest(function);
        yield Strict.boxed(
            List.of(left, right), pair -> test.test(ValueOrder.compare(pair[0], pair[1]), 0));
      }
    };
  }

  private static Strict.LongTest longTest(ScalarFunction function) {
    return switch (function) {
      case EQUAL -> (a, b) -> a == b;
      case NOT_EQUAL -> (a, b) -> a != b;
      case LESS -> (a, b) -> a < b;
      case LESS_OR_EQUAL -> (a, b) -> a <= b;
      case GREATER -> (a, b) -> a > b;
      case GREATER_OR_EQUAL -> (a, b) -> a >= b;
      default -> throw new IllegalArgumentException(function + " is no comparison");
    };
  }

  private static Strict.DoubleTest doubleTest(ScalarFunction function) {
    return switch (function) {
      case EQUAL -> (a, b) -> a == b;
      case NOT_EQUAL -> (a, b) -> a != b;
      case LESS -> (a, b) -> a < b;
      case LESS_OR_EQUAL -> (a, b) -> a <= b;
      case GREATER -> (a, b) -> a > b;
      case GREATER_OR_EQUAL -> (a, b) -> a >= b;
      default -> throw new IllegalArgumentException(function + " is no comparison");
    };
  }

  private static Evaluator extreme(List<Operand> operands, int sign) {
    return Strict.boxed(
        operands,
        values -> {
          Object best = values[0];
          for (int i = 1; i < values.length; i++) {
            if (sign * ValueOrder.compare(values[i], best) > 0) {
              best = values[i];
            }
          }
          return best;
        });
  }

  /** Equality where NULL equals NULL. */
  private static final class NotDistinct extends Evaluator {
    private final Operand left;
    private final Operand right;

    NotDistinct(Operand left, Operand right) {
      this.left = left;
      this.right = right;
    }

    @Override
    public boolean evalBoolean(Row row) {
      Object a = left.boxed(row);
      Object b = right.boxed(row);
      if (a == null || b == null) {
        return a == null && b == null;
      }
      return ValueOrder.compare(a, b) == 0;
    }
  }

  /** Membership in a list of literals. */
  private static final class In extends Evaluator {
    private final Operand value;
    private final Set<Object> literals = new HashSet<>();

    In(Expression.Call call, Operand value) {
      this.value = value;
      for (Expression operand : call.operands().subList(1, call.operands().size())) {
        if (operand instanceof Expression.Literal literal && literal.value() != null) {
          literals.add(comparable(literal.value()));
        } else {
          throw new IllegalArgumentException("IN takes literals that are not NULL");
        }
      }
    }

    /** A form in which equal values are equal objects. */
    private static Object comparable(Object value) {
      return switch (value) {
        case java.math.BigDecimal decimal -> decimal.stripTrailingZeros();
        case byte[] bytes -> java.nio.ByteBuffer.wrap(bytes);
        case Double d -> d + 0.0; // -0.0 equals 0.0
        default -> value;
      };
    }

    @Override
    public boolean evalBoolean(Row row) {
      @Nullable Object found = value.boxed(row);
      isNull = found == null;
      return found != null && literals.contains(comparable(found));
    }
  }
}
