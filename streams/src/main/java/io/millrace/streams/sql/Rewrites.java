package io.millrace.streams.sql;

import io.millrace.streams.plan.Expression;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** Replaces the columns of expressions. */
final class Rewrites {

  private Rewrites() {}

  /** The expression with each column's index changed. */
  static Expression remap(Expression expression, IntUnaryOperator index) {
    return switch (expression) {
      case Expression.Column column ->
          new Expression.Column(index.applyAsInt(column.index()), column.type());
      case Expression.Literal literal -> literal;
      case Expression.Call call ->
          new Expression.Call(
              call.function(),
              call.operands().stream().map(operand -> remap(operand, index)).toList(),
              call.type());
    };
  }

  /** The expression with each column replaced by what computes it. */
  static Expression inline(Expression expression, IntFunction<Expression> replacement) {
    return switch (expression) {
      case Expression.Column column -> replacement.apply(column.index());
      case Expression.Literal literal -> literal;
      case Expression.Call call ->
          new Expression.Call(
              call.function(),
              call.operands().stream().map(operand -> inline(operand, replacement)).toList(),
              call.type());
    };
  }

  /** Adds the columns that the expression reads. */
  static void addColumns(Expression expression, BitSet columns) {
    switch (expression) {
      case Expression.Column column -> columns.set(column.index());
      case Expression.Literal literal -> {}
      case Expression.Call call -> call.operands().forEach(o -> addColumns(o, columns));
    }
  }

  /** Adds to {@code counts} how often the expression reads each column. */
  static void countColumns(Expression expression, int[] counts) {
    switch (expression) {
      case Expression.Column column -> counts[column.index()]++;
      case Expression.Literal literal -> {}
      case Expression.Call call -> call.operands().forEach(o -> countColumns(o, counts));
    }
  }

  /** How many parts the expression has, counted up to a limit. */
  static int size(Expression expression, int limit) {
    if (!(expression instanceof Expression.Call call)) {
      return 1;
    }
    int size = 1;
    List<Expression> operands = call.operands();
    for (int i = 0; i < operands.size() && size < limit; i++) {
      size += size(operands.get(i), limit - size);
    }
    return size;
  }
}
