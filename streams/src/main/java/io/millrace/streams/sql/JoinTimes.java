package io.millrace.streams.sql;

import io.millrace.streams.plan.JoinTime;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/** The time columns of joins. */
final class JoinTimes {

  private JoinTimes() {}

  /** Adds the columns of both inputs that are read. */
  static void addColumns(JoinTime time, BitSet left, BitSet right) {
    moved(
        time,
        column -> {
          left.set(column);
          return column;
        },
        column -> {
          right.set(column);
          return column;
        });
  }

  /** The same over other indexes of the columns. */
  static JoinTime moved(JoinTime time, IntUnaryOperator left, IntUnaryOperator right) {
    return switch (time) {
      case JoinTime.Unbounded unbounded -> unbounded;
      case JoinTime.Interval interval ->
          new JoinTime.Interval(
              left.applyAsInt(interval.leftTime()),
              right.applyAsInt(interval.rightTime()),
              interval.lower(),
              interval.upper());
      case JoinTime.Window window ->
          new JoinTime.Window(
              left.applyAsInt(window.leftTime()), right.applyAsInt(window.rightTime()));
      case JoinTime.AsOf times ->
          new JoinTime.AsOf(left.applyAsInt(times.leftTime()), right.applyAsInt(times.rightTime()));
    };
  }
}
