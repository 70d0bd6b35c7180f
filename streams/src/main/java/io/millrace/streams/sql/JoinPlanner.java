package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.JoinTime;
import io.millrace.streams.plan.JoinType;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.sql.Relation.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Plans a join. What kind it is follows from its condition: equal windows, times near each other,
 * the version as of a time, or else every row with every other for ever.
 */
final class JoinPlanner {

  private final SelectPlanner planner;

  JoinPlanner(SelectPlanner planner) {
    this.planner = planner;
  }

  /**
   * The joined rows.
   *
   * @param where the parts of WHERE; those that this join can take in are taken out, when it keeps
   *     only rows with partners
   */
  Relation plan(SqlJoin join, List<SqlNode> where) {
    JoinType type = type(join);
    boolean inner = type == JoinType.INNER;
    List<SqlNode> mine = inner ? where : new ArrayList<>();
    Relation left = input(join.getLeft(), mine);
    SqlSnapshot snapshot = snapshot(join.getRight());
    Relation right =
        snapshot == null ? input(join.getRight(), mine) : versions(join.getRight(), snapshot);
    return new Sides(join, type, left, right, snapshot).plan(mine);
  }

  private Relation input(SqlNode node, List<SqlNode> where) {
    return planner.complete(node instanceof SqlJoin join ? plan(join, where) : planner.from(node));
  }

  private JoinType type(SqlJoin join) {
    if (join.isNatural()) {
      throw planner.unsupported(join.getRight(), "NATURAL JOIN is not supported; write ON");
    }
    return switch (join.getJoinType()) {
      case INNER, CROSS, COMMA -> JoinType.INNER;
      case LEFT -> JoinType.LEFT;
      case RIGHT -> JoinType.RIGHT;
      case FULL -> JoinType.FULL;
      default ->
          throw planner.unsupported(join.getRight(), join.getJoinType() + " JOIN is not supported");
    };
  }

  private static @Nullable SqlSnapshot snapshot(SqlNode node) {
    SqlNode inner = node.getKind() == SqlKind.AS ? ((SqlCall) node).operand(0) : node;
    return inner instanceof SqlSnapshot snapshot ? snapshot : null;
  }

  private Relation versions(SqlNode node, SqlSnapshot snapshot) {
    Relation table = planner.complete(planner.from(snapshot.getTableRef()));
    return node.getKind() == SqlKind.AS
        ? table.as(((SqlIdentifier) ((SqlCall) node).operand(1)).getSimple())
        : table;
  }

  /** One join: both inputs and what has been found out about the condition. */
  private final class Sides {

    private final SqlJoin join;
    private final JoinType type;
    private final @Nullable SqlSnapshot snapshot;
    private final Position at;
    private final Relation left;
    private final Relation right;
    private final int leftSize;
    private final JoinCondition condition;

    private Sides(
        SqlJoin join,
        JoinType type,
        Relation left,
        Relation right,
        @Nullable SqlSnapshot snapshot) {
      this.join = join;
      this.type = type;
      this.left = left;
      this.right = right;
      this.snapshot = snapshot;
      at = planner.at(join.getRight());
      leftSize = left.node().rowType().size();
      condition =
          new JoinCondition(left, right, !type.keeps(true), !type.keeps(false) && snapshot == null);
    }

    private Relation plan(List<SqlNode> where) {
      ExpressionResolver resolver = planner.resolver(new Scope.Rows(condition.rows(), "ON"));
      if (join.getConditionType() == JoinConditionType.ON) {
        for (SqlNode each : SelectPlanner.conjuncts(join.getCondition())) {
          condition.add(Operators.condition(resolver.resolve(each), "ON", planner.at(each)));
        }
      } else if (join.getConditionType() == JoinConditionType.USING
          && join.getCondition() instanceof SqlNodeList names) {
        throw planner.unsupported(names, "USING is not supported; write ON l.a = r.a");
      }
      if (snapshot == null) {
        where.removeIf(this::takeFromWhere);
      }
      return joined();
    }

    /** Takes a part of WHERE in, unless it is about something outside of the join. */
    private boolean takeFromWhere(SqlNode node) {
      Expression part;
      try {
        part =
            Operators.condition(
                planner.resolver(new Scope.Rows(condition.rows(), "WHERE")).resolve(node),
                "WHERE",
                planner.at(node));
      } catch (SqlException e) {
        // Whoever can resolve it, or must refuse it, is further out.
        return false;
      }
      condition.add(part);
      return true;
    }

    // ---- the kind ----

    private Relation joined() {
      List<Integer> leftIndexes = new ArrayList<>();
      List<Integer> rightIndexes = new ArrayList<>();
      Relation l =
          Relations.extended(
              filtered(left, condition.onlyLeft()),
              condition.leftKeys(),
              leftIndexes,
              planner.nodes());
      Relation r =
          Relations.extended(
              filtered(right, condition.onlyRight()),
              condition.rightKeys(),
              rightIndexes,
              planner.nodes());
      int newLeftSize = l.node().rowType().size();
      JoinTime time = time(rightIndexes);
      List<Expression> conditions = condition.rest(time);
      Optional<Expression> checked =
          conditions.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  Rewrites.remap(
                      conditions.size() == 1
                          ? conditions.getFirst()
                          : Operators.and(conditions, at),
                      i -> i < leftSize ? i : i - leftSize + newLeftSize));
      RowType row = row(l.node().rowType(), r.node().rowType());
      PlanNode node =
          planner
              .nodes()
              .unique(
                  new PlanNode.Join(
                      l.node(), r.node(), type, leftIndexes, rightIndexes, checked, time, row));
      List<Relation.Column> columns = new ArrayList<>();
      left.columns().forEach(column -> columns.add(output(column, 0, row, time, true)));
      right.columns().forEach(column -> columns.add(output(column, newLeftSize, row, time, false)));
      return new Relation(node, columns, Relation.NONE, null, windowTime(time, newLeftSize), null);
    }

    private Relation filtered(Relation input, List<Expression> conditions) {
      return conditions.isEmpty()
          ? input
          : planner.filtered(input, Operators.and(conditions, at), "ON", at);
    }

    private JoinTime time(List<Integer> rightIndexes) {
      if (snapshot != null) {
        return asOf(snapshot, rightIndexes);
      }
      if (condition.ofSameWindow()
          && left.windowTime() != Relation.NONE
          && right.windowTime() != Relation.NONE) {
        requireAppend("windows are joined");
        if (left.node().rowType().type(left.windowTime()).kind()
            != right.node().rowType().type(right.windowTime()).kind()) {
          throw new SqlException(
              at, "windows are joined when both are of TIMESTAMP or both of TIMESTAMP_LTZ");
        }
        return new JoinTime.Window(left.windowTime(), right.windowTime());
      }
      Optional<JoinTime.Interval> interval = condition.interval();
      if (interval.isPresent()) {
        requireAppend("an interval join is");
        return interval.get();
      }
      return new JoinTime.Unbounded();
    }

    private void requireAppend(String what) {
      planner.requireAppend(left.node(), what, at);
      planner.requireAppend(right.node(), what, at);
    }

    private JoinTime asOf(SqlSnapshot asked, List<Integer> rightIndexes) {
      Position place = planner.at(asked.getPeriod());
      if (type == JoinType.RIGHT || type == JoinType.FULL) {
        throw new SqlException(at, "FOR SYSTEM_TIME AS OF takes JOIN or LEFT JOIN");
      }
      if (!(asked.getPeriod() instanceof SqlIdentifier name)
          || Scope.Rows.find(left, name, place).role() != Role.EVENT_TIME) {
        throw new SqlException(
            place,
            "FOR SYSTEM_TIME AS OF takes the event time of the rows on the left: the column that"
                + " their table's WATERMARK FOR names");
      }
      Optional<Relation.Column> version =
          right.columns().stream().filter(each -> each.role() == Role.EVENT_TIME).findFirst();
      Optional<Set<Integer>> key = UniqueKey.of(right.node());
      if (version.isEmpty() || key.isEmpty()) {
        throw new SqlException(
            at,
            "a table is read FOR SYSTEM_TIME AS OF when it has versions: a WATERMARK and a PRIMARY"
                + " KEY with the connector 'upsert-kafka', or a view that keeps the last row of"
                + " each key");
      }
      if (!key.get().equals(Set.copyOf(rightIndexes))) {
        throw new SqlException(
            at, "FOR SYSTEM_TIME AS OF joins on the whole key of the table on the right");
      }
      planner.requireAppend(left.node(), "the left rows of FOR SYSTEM_TIME AS OF are", at);
      int time = Scope.Rows.find(left, name, place).index();
      if (left.node().rowType().type(time).kind() != version.get().type().kind()) {
        throw new SqlException(
            place, "the times on both sides are both TIMESTAMP or both TIMESTAMP_LTZ");
      }
      return new JoinTime.AsOf(time, version.get().index());
    }

    // ---- the output ----

    private RowType row(RowType leftRow, RowType rightRow) {
      RowBuilder row = new RowBuilder();
      leftRow
          .fields()
          .forEach(field -> row.add(field.name(), nullable(field.type(), type.keeps(false))));
      rightRow
          .fields()
          .forEach(field -> row.add(field.name(), nullable(field.type(), type.keeps(true))));
      return row.rowType();
    }

    private static DataType nullable(DataType type, boolean mayBeMissing) {
      return mayBeMissing ? type.withNullable(true) : type;
    }

    private int windowTime(JoinTime time, int newLeftSize) {
      if (!(time instanceof JoinTime.Window window) || type == JoinType.FULL) {
        return Relation.NONE;
      }
      return type == JoinType.RIGHT ? newLeftSize + window.rightTime() : window.leftTime();
    }

    private Relation.Column output(
        Relation.Column column, int offset, RowType row, JoinTime time, boolean ofLeft) {
      int index = offset + column.index();
      boolean kept = ofLeft ? !type.keeps(false) : !type.keeps(true);
      boolean keepsRole =
          switch (time) {
            case JoinTime.Unbounded unused -> false;
            case JoinTime.Interval unused -> column.role() == Role.EVENT_TIME;
            case JoinTime.AsOf unused -> ofLeft;
            case JoinTime.Window window ->
                kept
                    && (column.role() != Role.EVENT_TIME
                        || column.index() == (ofLeft ? window.leftTime() : window.rightTime()));
          };
      return new Relation.Column(
          column.qualifier(),
          column.name(),
          row.type(index),
          index,
          keepsRole ? column.role() : Role.VALUE);
    }
  }
}
