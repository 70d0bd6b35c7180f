package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Column;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.JoinTime;
import io.millrace.streams.plan.ScalarFunction;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A part of a join's condition that says how far apart the event times of both rows may be.
 *
 * @param condition the part itself, over both rows side by side
 * @param left the left time's column
 * @param right the right time's column, among both rows'
 * @param lower the least of left - right, in milliseconds; {@link Long#MIN_VALUE} for none
 * @param upper the greatest; {@link Long#MAX_VALUE} for none
 */
record TimeBound(Expression condition, int left, int right, long lower, long upper) {

  /** A time column and how much is added to it. */
  private record Shifted(int column, long millis) {}

  /**
   * The bound that a condition is; empty when it is another condition.
   *
   * @param times the columns that are event times
   * @param leftSize where the right row's columns begin
   */
  static Optional<TimeBound> of(Expression condition, Set<Integer> times, int leftSize) {
    if (!(condition instanceof Expression.Call call) || call.operands().size() != 2) {
      return Optional.empty();
    }
    Optional<Shifted> a = shifted(call.operand(0), times);
    Optional<Shifted> b = shifted(call.operand(1), times);
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    boolean straight = a.get().column() < leftSize;
    if (straight == b.get().column() < leftSize) {
      return Optional.empty();
    }
    Shifted left = straight ? a.get() : b.get();
    Shifted right = straight ? b.get() : a.get();
    // left + l ? right + r is left - right ? r - l
    long difference = right.millis() - left.millis();
    long lower = Long.MIN_VALUE;
    long upper = Long.MAX_VALUE;
    switch (call.function()) {
      case EQUAL -> {
        lower = difference;
        upper = difference;
      }
      case LESS, LESS_OR_EQUAL -> {
        long strict = call.function() == ScalarFunction.LESS ? 1 : 0;
        if (straight) {
          upper = difference - strict;
        } else {
          lower = difference + strict;
        }
      }
      case GREATER, GREATER_OR_EQUAL -> {
        long strict = call.function() == ScalarFunction.GREATER ? 1 : 0;
        if (straight) {
          lower = difference + strict;
        } else {
          upper = difference - strict;
        }
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(new TimeBound(condition, left.column(), right.column(), lower, upper));
  }

  /** Whether the expression is an event time, maybe shifted. */
  static boolean isTime(Expression expression, Set<Integer> times) {
    return shifted(expression, times).isPresent();
  }

  private static Optional<Shifted> shifted(Expression expression, Set<Integer> times) {
    if (expression instanceof Column column && times.contains(column.index())) {
      return Optional.of(new Shifted(column.index(), 0));
    }
    if (expression instanceof Expression.Call call
        && call.function() == ScalarFunction.ADD_INTERVAL
        && call.operand(0) instanceof Column column
        && times.contains(column.index())
        && call.operand(1) instanceof Literal literal
        && literal.type().kind() == Kind.INTERVAL_MILLIS
        && literal.value() instanceof Long millis) {
      return Optional.of(new Shifted(column.index(), millis));
    }
    return Optional.empty();
  }

  /** The interval that bounds make together; empty when a side is open or the columns differ. */
  static Optional<JoinTime.Interval> interval(List<TimeBound> bounds, int leftSize) {
    long lower = Long.MIN_VALUE;
    long upper = Long.MAX_VALUE;
    for (TimeBound bound : bounds) {
      if (bound.left() != bounds.getFirst().left() || bound.right() != bounds.getFirst().right()) {
        return Optional.empty();
      }
      lower = Math.max(lower, bound.lower());
      upper = Math.min(upper, bound.upper());
    }
    if (lower == Long.MIN_VALUE || upper == Long.MAX_VALUE) {
      return Optional.empty();
    }
    TimeBound first = bounds.getFirst();
    return Optional.of(new JoinTime.Interval(first.left(), first.right() - leftSize, lower, upper));
  }
}
