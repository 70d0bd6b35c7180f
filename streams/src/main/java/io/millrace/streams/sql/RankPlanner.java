package io.millrace.streams.sql;

import io.millrace.streams.plan.ChangelogMode;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.sql.Relation.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlBetweenOperator;

/** Plans the choice of rows by their number: Top-N, Top-N of windows, and deduplication. */
final class RankPlanner {

  /** The greatest number that can be chosen: the rows up to it are kept and walked. */
  static final long MAX_NUMBER = 100_000;

  private final SelectPlanner planner;
  private long first = 1;
  private long last = Long.MAX_VALUE;

  RankPlanner(SelectPlanner planner) {
    this.planner = planner;
  }

  static SqlException notChosen(Position at) {
    return new SqlException(
        at,
        "ROW_NUMBER numbers a stream without end; choose the first rows in a query around it:"
            + " WHERE number <= n");
  }

  /**
   * The rows whose numbers are chosen.
   *
   * @param conditions the parts of WHERE; those about the number are taken out
   */
  Relation ranked(Relation input, List<SqlNode> conditions) {
    Relation.Ranking ranking = input.ranking();
    if (ranking == null) {
      throw new IllegalArgumentException("the rows have no numbers");
    }
    conditions.removeIf(condition -> isBound(condition, input));
    if (last == Long.MAX_VALUE) {
      throw notChosen(ranking.position());
    }
    if (last > MAX_NUMBER) {
      throw new SqlException(
          ranking.position(),
          "the greatest number that WHERE chooses is " + last + "; allowed is up to " + MAX_NUMBER);
    }
    if (last < first) {
      throw new SqlException(ranking.position(), "WHERE chooses no row's number");
    }
    boolean appends = ChangelogMode.of(input.node()) == ChangelogMode.APPEND;
    boolean ofWindows = ranking.ofWindows() && input.windowTime() != Relation.NONE && appends;
    boolean deduplicates = ranking.byTime() && first == 1 && last == 1 && appends;
    RowBuilder row = new RowBuilder();
    input.node().rowType().fields().forEach(field -> row.add(field.name(), field.type()));
    List<Relation.Column> columns = new ArrayList<>();
    for (Relation.Column column : input.columns()) {
      if (column.role() == Role.ROW_NUMBER) {
        row.add(column.name(), column.type());
        int index = input.node().rowType().size();
        columns.add(
            new Relation.Column(
                column.qualifier(), column.name(), column.type(), index, Role.VALUE));
      } else {
        columns.add(kept(column, input, ofWindows, deduplicates));
      }
    }
    PlanNode node =
        planner
            .nodes()
            .unique(
                new PlanNode.Rank(
                    input.node(),
                    ranking.partition(),
                    ranking.order(),
                    first,
                    last,
                    true,
                    deduplicates,
                    ofWindows ? OptionalInt.of(input.windowTime()) : OptionalInt.empty(),
                    row.rowType()));
    return new Relation(
        node, columns, Relation.NONE, null, ofWindows ? input.windowTime() : Relation.NONE, null);
  }

  /** What a column means when its rows have been chosen. */
  private static Relation.Column kept(
      Relation.Column column, Relation input, boolean ofWindows, boolean deduplicates) {
    boolean keeps =
        switch (column.role()) {
          case WINDOW_START, WINDOW_END -> ofWindows;
          case EVENT_TIME -> ofWindows ? column.index() == input.windowTime() : deduplicates;
          default -> true;
        };
    return keeps
        ? column
        : new Relation.Column(
            column.qualifier(), column.name(), column.type(), column.index(), Role.VALUE);
  }

  /** Takes the condition in when it is about the number alone. */
  private boolean isBound(SqlNode condition, Relation input) {
    if (!(condition instanceof SqlCall call)) {
      return false;
    }
    if (call.getKind() == SqlKind.BETWEEN
        && call.getOperator() instanceof SqlBetweenOperator between
        && !between.isNegated()
        && between.flag == SqlBetweenOperator.Flag.ASYMMETRIC
        && isNumber(call.operand(0), input)) {
      first = Math.max(first, constant(call.operand(1)));
      last = Math.min(last, constant(call.operand(2)));
      return true;
    }
    if (call.operandCount() != 2 || !SqlKind.COMPARISON.contains(call.getKind())) {
      return false;
    }
    boolean left = isNumber(call.operand(0), input);
    if (!left && !isNumber(call.operand(1), input)) {
      return false;
    }
    SqlKind kind = left ? call.getKind() : call.getKind().reverse();
    long value = constant(call.operand(left ? 1 : 0));
    switch (kind) {
      case LESS_THAN -> last = Math.min(last, value - 1);
      case LESS_THAN_OR_EQUAL -> last = Math.min(last, value);
      case GREATER_THAN -> first = Math.max(first, value + 1);
      case GREATER_THAN_OR_EQUAL -> first = Math.max(first, value);
      case EQUALS -> {
        first = Math.max(first, value);
        last = Math.min(last, value);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean isNumber(SqlNode node, Relation input) {
    return node instanceof SqlIdentifier name
        && !ExpressionResolver.isFunction(name)
        && Scope.Rows.find(input, name, planner.at(name)).role() == Role.ROW_NUMBER;
  }

  private long constant(SqlNode node) {
    Expression value =
        planner.resolver(new Scope.Constants("what a row's number is compared with")).resolve(node);
    if (value instanceof Literal literal
        && TypeRules.isInteger(literal.type())
        && literal.value() instanceof Long number) {
      return number;
    }
    throw new SqlException(planner.at(node), "a row's number is compared with a whole number");
  }
}
