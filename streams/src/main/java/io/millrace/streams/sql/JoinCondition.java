package io.millrace.streams.sql;

import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.JoinTime;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.ScalarFunction;
import io.millrace.streams.sql.Relation.Role;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the condition of a join says of its two rows: which keys are equal, how far apart their
 * times are, what holds of one of them alone, and the rest.
 */
final class JoinCondition {

  private final int leftSize;
  private final boolean filtersLeft;
  private final boolean filtersRight;
  private final Relation rows;

  /** Columns of both rows that are event times. */
  private final Set<Integer> times = new HashSet<>();

  private final List<Expression> leftKeys = new ArrayList<>();
  private final List<Expression> rightKeys = new ArrayList<>();
  private final List<Expression> rest = new ArrayList<>();
  private final List<Expression> onlyLeft = new ArrayList<>();
  private final List<Expression> onlyRight = new ArrayList<>();
  private final List<TimeBound> bounds = new ArrayList<>();
  private boolean sameStart;
  private boolean sameEnd;

  /**
   * One without parts, which is always TRUE.
   *
   * @param filtersLeft whether left rows may be left out before the join: those without a partner
   *     are not put out
   * @param filtersRight the same of right rows
   */
  JoinCondition(Relation left, Relation right, boolean filtersLeft, boolean filtersRight) {
    this.filtersLeft = filtersLeft;
    this.filtersRight = filtersRight;
    leftSize = left.node().rowType().size();
    rows = sideBySide(left, right);
    for (Relation.Column column : rows.columns()) {
      if (column.role() == Role.EVENT_TIME) {
        times.add(column.index());
      }
    }
  }

  private static Relation sideBySide(Relation left, Relation right) {
    int leftSize = left.node().rowType().size();
    List<Relation.Column> columns = new ArrayList<>(left.columns());
    for (Relation.Column column : right.columns()) {
      columns.add(
          new Relation.Column(
              column.qualifier(),
              column.name(),
              column.type(),
              leftSize + column.index(),
              column.role()));
    }
    RowBuilder row = new RowBuilder();
    left.node().rowType().fields().forEach(field -> row.add(field.name(), field.type()));
    right.node().rowType().fields().forEach(field -> row.add(field.name(), field.type()));
    return new Relation(
        new PlanNode.Values(List.of(), row.rowType()), columns, Relation.NONE, null);
  }

  /** The rows of both inputs side by side, for names to be found. */
  Relation rows() {
    return rows;
  }

  /** Takes in a part of it, over both rows side by side. */
  void add(Expression condition) {
    if (condition instanceof Expression.Call call && call.function() == ScalarFunction.AND) {
      call.operands().forEach(this::add);
      return;
    }
    if (condition instanceof Expression.Call call
        && call.function() == ScalarFunction.EQUAL
        && isKey(call.operand(0), call.operand(1))) {
      return;
    }
    Optional<TimeBound> bound = TimeBound.of(condition, times, leftSize);
    if (bound.isPresent()) {
      bounds.add(bound.get());
      return;
    }
    boolean readsLeft = reads(condition, true);
    boolean readsRight = reads(condition, false);
    if (!readsRight && readsLeft && filtersLeft) {
      onlyLeft.add(condition);
    } else if (!readsLeft && readsRight && filtersRight) {
      onlyRight.add(Rewrites.remap(condition, i -> i - leftSize));
    } else {
      rest.add(condition);
    }
  }

  private boolean isKey(Expression a, Expression b) {
    boolean straight = isOnly(a, true) && isOnly(b, false);
    if (!straight && !(isOnly(a, false) && isOnly(b, true))) {
      return false;
    }
    Expression ofLeft = straight ? a : b;
    Expression ofRight = straight ? b : a;
    if (TimeBound.isTime(ofLeft, times) && TimeBound.isTime(ofRight, times)) {
      // Equal times are a bound; windows' last instants are found by start and end.
      return false;
    }
    sameStart |= role(ofLeft) == Role.WINDOW_START && role(ofRight) == Role.WINDOW_START;
    sameEnd |= role(ofLeft) == Role.WINDOW_END && role(ofRight) == Role.WINDOW_END;
    leftKeys.add(ofLeft);
    rightKeys.add(Rewrites.remap(ofRight, i -> i - leftSize));
    return true;
  }

  private Role role(Expression expression) {
    if (expression instanceof Expression.Column column) {
      for (Relation.Column each : rows.columns()) {
        if (each.index() == column.index() && each.role() != Role.VALUE) {
          return each.role();
        }
      }
    }
    return Role.VALUE;
  }

  private boolean reads(Expression expression, boolean ofLeft) {
    BitSet columns = new BitSet();
    Rewrites.addColumns(expression, columns);
    return columns.stream().anyMatch(i -> (i < leftSize) == ofLeft);
  }

  private boolean isOnly(Expression expression, boolean ofLeft) {
    return reads(expression, ofLeft) && !reads(expression, !ofLeft);
  }

  /** What is equal to the right keys, over the left row. */
  List<Expression> leftKeys() {
    return leftKeys;
  }

  /** What is equal to the left keys, over the right row; parallel to these. */
  List<Expression> rightKeys() {
    return rightKeys;
  }

  /** What holds of the left row alone and may be asked before the join, over that row. */
  List<Expression> onlyLeft() {
    return onlyLeft;
  }

  /** What holds of the right row alone and may be asked before the join, over that row. */
  List<Expression> onlyRight() {
    return onlyRight;
  }

  /** Whether both rows are of windows with the same start and end. */
  boolean ofSameWindow() {
    return sameStart && sameEnd;
  }

  /** The interval that the times are in; empty when a side is open. */
  Optional<JoinTime.Interval> interval() {
    return TimeBound.interval(bounds, leftSize);
  }

  /** What is left to ask of each pair in a join of that time, over both rows side by side. */
  List<Expression> rest(JoinTime time) {
    List<Expression> conditions = new ArrayList<>(rest);
    if (!(time instanceof JoinTime.Interval)) {
      bounds.forEach(bound -> conditions.add(bound.condition()));
    }
    return conditions;
  }
}
