package io.millrace.streams.expression;

import io.millrace.streams.expression.Evaluator.Operand;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.ScalarFunction;
import io.millrace.streams.row.Decimals;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** Arithmetic: each function once per carrier, wrapped to the width of the result's kind. */
final class ArithmeticFunctions {

  /** Digits kept by a division before it is rounded to its type. */
  private static final MathContext DIVISION = new MathContext(77, RoundingMode.HALF_UP);

  private static final int LARGEST_LONG_DIGITS = 18;

  private ArithmeticFunctions() {}

  static Evaluator compile(ScalarFunction function, List<Operand> operands, DataType type) {
    return switch (type.kind().carrier()) {
      case LONG -> longs(function, operands, type.kind());
      case DOUBLE -> doubles(function, operands, type.kind());
      case DECIMAL -> decimals(function, operands, type);
      case BOOLEAN, STRING, BYTES ->
          throw new IllegalArgumentException(function + " cannot give " + type);
    };
  }

  // ---- integers ----

  private static Evaluator longs(
      ScalarFunction function, List<Operand> operands, DataType.Kind kind) {
    Operand first = operands.getFirst();
    if (first.carrier() == DataType.Carrier.DECIMAL) {
      // SIGN and the like may give an integer of a decimal.
      return Strict.boxed(operands, values -> (long) ((BigDecimal) values[0]).signum());
    }
    return switch (function) {
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO ->
          Strict.longs(first, operands.get(1), wrap(kind, longBinary(function)));
      case ROUND, TRUNCATE -> {
        boolean halfUp = function == ScalarFunction.ROUND;
        yield operands.size() == 1
            ? Strict.longs(first, value -> value)
            : Strict.longs(
                first,
                operands.get(1),
                wrap(kind, (value, digits) -> roundLong(value, digits, halfUp)));
      }
      default -> Strict.longs(first, wrap(kind, longUnary(function)));
    };
  }

  private static LongBinaryOperator longBinary(ScalarFunction function) {
    return switch (function) {
      case ADD -> (a, b) -> a + b;
      case SUBTRACT -> (a, b) -> a - b;
      case MULTIPLY -> (a, b) -> a * b;
      case DIVIDE -> (a, b) -> a / divisor(b);
      case MODULO -> (a, b) -> a % divisor(b);
      default -> throw new IllegalArgumentException(function + " takes no two integers");
    };
  }

  private static LongUnaryOperator longUnary(ScalarFunction function) {
    return switch (function) {
      case NEGATE -> value -> -value;
      case ABS -> Math::abs;
      case CEIL, FLOOR -> value -> value;
      case SIGN -> Long::signum;
      default -> throw new IllegalArgumentException(function + " takes no integer");
    };
  }

  private static long divisor(long value) {
    if (value == 0) {
      throw new RowException("division by zero");
    }
    return value;
  }

  private static long roundLong(long value, long digits, boolean halfUp) {
    if (digits >= 0) {
      return value;
    }
    if (digits < -LARGEST_LONG_DIGITS) {
      return 0;
    }
    long unit = 1;
    for (long i = digits; i < 0; i++) {
      unit *= 10;
    }
    long rest = value % unit;
    long truncated = value - rest;
    return halfUp && Math.abs(rest) >= unit / 2 ? truncated + Long.signum(value) * unit : truncated;
  }

  private static LongBinaryOperator wrap(DataType.Kind kind, LongBinaryOperator function) {
    return switch (kind) {
      case TINYINT -> (a, b) -> (byte) function.applyAsLong(a, b);
      case SMALLINT -> (a, b) -> (short) function.applyAsLong(a, b);
      case INT -> (a, b) -> (int) function.applyAsLong(a, b);
      default -> function;
    };
  }

  private static LongUnaryOperator wrap(DataType.Kind kind, LongUnaryOperator function) {
    return switch (kind) {
      case TINYINT -> value -> (byte) function.applyAsLong(value);
      case SMALLINT -> value -> (short) function.applyAsLong(value);
      case INT -> value -> (int) function.applyAsLong(value);
      default -> function;
    };
  }

  // ---- floating point ----

  private static Evaluator doubles(
      ScalarFunction function, List<Operand> operands, DataType.Kind kind) {
    boolean single = kind == DataType.Kind.FLOAT;
    Operand first = operands.getFirst();
    return switch (function) {
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, POWER -> {
        DoubleBinaryOperator exact = doubleBinary(function);
        yield Strict.doubles(
            first, operands.get(1), single ? (a, b) -> (float) exact.applyAsDouble(a, b) : exact);
      }
      case ROUND, TRUNCATE -> {
        RoundingMode mode =
            function == ScalarFunction.ROUND ? RoundingMode.HALF_UP : RoundingMode.DOWN;
        yield Strict.boxed(
            operands,
            values -> {
              long digits = values.length == 1 ? 0 : (Long) values[1];
              double rounded = roundDouble((Double) values[0], digits, mode);
              return single ? (double) (float) rounded : rounded;
            });
      }
      default -> {
        DoubleUnaryOperator exact = doubleUnary(function);
        yield Strict.doubles(first, single ? value -> (float) exact.applyAsDouble(value) : exact);
      }
    };
  }

  private static DoubleBinaryOperator doubleBinary(ScalarFunction function) {
    return switch (function) {
      case ADD -> (a, b) -> a + b;
      case SUBTRACT -> (a, b) -> a - b;
      case MULTIPLY -> (a, b) -> a * b;
      case DIVIDE -> (a, b) -> a / b;
      case MODULO -> (a, b) -> a % b;
      case POWER -> Math::pow;
      default -> throw new IllegalArgumentException(function + " takes no two doubles");
    };
  }

  private static DoubleUnaryOperator doubleUnary(ScalarFunction function) {
    return switch (function) {
      case NEGATE -> value -> -value;
      case ABS -> Math::abs;
      case CEIL -> Math::ceil;
      case FLOOR -> Math::floor;
      case SIGN -> Math::signum;
      case SQRT -> Math::sqrt;
      case EXP -> Math::exp;
      case LN -> Math::log;
      case LOG10 -> Math::log10;
      case LOG2 -> value -> Math.log(value) / Math.log(2);
      default -> throw new IllegalArgumentException(function + " takes no double");
    };
  }

  /** Rounds the decimal number that the double is written as, as people expect of 0.285. */
  private static double roundDouble(double value, long digits, RoundingMode mode) {
    if (!Double.isFinite(value) || digits > 324) {
      return value;
    }
    if (digits < -309) {
      return 0;
    }
    return BigDecimal.valueOf(value).setScale((int) digits, mode).doubleValue();
  }

  // ---- decimals ----

  private static Evaluator decimals(
      ScalarFunction function, List<Operand> operands, DataType type) {
    return Strict.boxed(operands, values -> Decimals.fit(decimal(function, values), type));
  }

  private static BigDecimal decimal(ScalarFunction function, Object[] values) {
    BigDecimal a = (BigDecimal) values[0];
    return switch (function) {
      case ADD -> a.add((BigDecimal) values[1]);
      case SUBTRACT -> a.subtract((BigDecimal) values[1]);
      case MULTIPLY -> a.multiply((BigDecimal) values[1]);
      case DIVIDE -> a.divide(divisor((BigDecimal) values[1]), DIVISION);
      case MODULO -> a.remainder(divisor((BigDecimal) values[1]));
      case NEGATE -> a.negate();
      case ABS -> a.abs();
      case CEIL -> a.setScale(0, RoundingMode.CEILING);
      case FLOOR -> a.setScale(0, RoundingMode.FLOOR);
      case SIGN -> BigDecimal.valueOf(a.signum());
      case ROUND -> roundDecimal(a, values, RoundingMode.HALF_UP);
      case TRUNCATE -> roundDecimal(a, values, RoundingMode.DOWN);
      default -> throw new IllegalArgumentException(function + " takes no decimal");
    };
  }

  private static BigDecimal roundDecimal(BigDecimal value, Object[] values, RoundingMode mode) {
    long digits = values.length == 1 ? 0 : (Long) values[1];
    if (digits >= value.scale()) {
      return value;
    }
    return digits < -38 ? BigDecimal.ZERO : value.setScale((int) digits, mode);
  }

  private static BigDecimal divisor(BigDecimal value) {
    if (value.signum() == 0) {
      throw new RowException("division by zero");
    }
    return value;
  }
}
