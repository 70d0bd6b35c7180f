package io.millrace.streams.expression;

import io.millrace.streams.expression.Evaluator.Operand;
import io.millrace.streams.row.Row;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Evaluators of functions that answer NULL when any operand is NULL. */
final class Strict {

  private Strict() {}

  /** A test of two longs. */
  @FunctionalInterface
  interface LongTest {
    boolean test(long left, long right);
  }

  /** A test of two doubles. */
  @FunctionalInterface
  interface DoubleTest {
    boolean test(double left, double right);
  }

  /** A function of operands as {@link Row#boxed} gives them, none of them null. */
  @FunctionalInterface
  interface BoxedFunction {
    @Nullable Object apply(Object[] operands);
  }

  static Evaluator longs(LongSupplier function) {
    return new Evaluator() {
      @Override
      public long evalLong(Row row) {
        return function.getAsLong();
      }
    };
  }

  static Evaluator longs(Operand operand, LongUnaryOperator function) {
    Evaluator input = operand.evaluator();
    return new Evaluator() {
      @Override
      public long evalLong(Row row) {
        long value = input.evalLong(row);
        isNull = input.isNull;
        return isNull ? 0 : function.applyAsLong(value);
      }
    };
  }

  static Evaluator longs(Operand left, Operand right, LongBinaryOperator function) {
    Evaluator first = left.evaluator();
    Evaluator second = right.evaluator();
    return new Evaluator() {
      @Override
      public long evalLong(Row row) {
        long a = first.evalLong(row);
        long b = second.evalLong(row);
        isNull = first.isNull || second.isNull;
        return isNull ? 0 : function.applyAsLong(a, b);
      }
    };
  }

  static Evaluator doubles(Operand operand, DoubleUnaryOperator function) {
    Evaluator input = operand.evaluator();
    return new Evaluator() {
      @Override
      public double evalDouble(Row row) {
        double value = input.evalDouble(row);
        isNull = input.isNull;
        return isNull ? 0 : function.applyAsDouble(value);
      }
    };
  }

  static Evaluator doubles(Operand left, Operand right, DoubleBinaryOperator function) {
    Evaluator first = left.evaluator();
    Evaluator second = right.evaluator();
    return new Evaluator() {
      @Override
      public double evalDouble(Row row) {
        double a = first.evalDouble(row);
        double b = second.evalDouble(row);
        isNull = first.isNull || second.isNull;
        return isNull ? 0 : function.applyAsDouble(a, b);
      }
    };
  }

  static Evaluator longTest(Operand left, Operand right, LongTest test) {
    Evaluator first = left.evaluator();
    Evaluator second = right.evaluator();
    return new Evaluator() {
      @Override
      public boolean evalBoolean(Row row) {
        long a = first.evalLong(row);
        long b = second.evalLong(row);
        isNull = first.isNull || second.isNull;
        return !isNull && test.test(a, b);
      }
    };
  }

  static Evaluator doubleTest(Operand left, Operand right, DoubleTest test) {
    Evaluator first = left.evaluator();
    Evaluator second = right.evaluator();
    return new Evaluator() {
      @Override
      public boolean evalBoolean(Row row) {
        double a = first.evalDouble(row);
        double b = second.evalDouble(row);
        isNull = first.isNull || second.isNull;
        return !isNull && test.test(a, b);
      }
    };
  }

  /** For functions whose work outweighs the boxing of numbers: text, decimals, patterns. */
  static Evaluator boxed(List<Operand> operands, BoxedFunction function) {
    Operand[] inputs = operands.toArray(Operand[]::new);
    Object[] values = new Object[inputs.length];
    return new BoxedEvaluator() {
      @Override
      @Nullable Object evalBoxed(Row row) {
        for (int i = 0; i < inputs.length; i++) {
          Object value = inputs[i].boxed(row);
          if (value == null) {
            return null;
          }
          values[i] = value;
        }
        return function.apply(values);
      }
    };
  }
}
