package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.SortColumn;
import io.millrace.streams.sql.Relation.Role;
import io.millrace.streams.sql.Relations.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.jspecify.annotations.Nullable;

/** Plans a SELECT with OVER: numbers of rows, or aggregates over the rows before each. */
final class OverPlanner {

  /** Where the indexes of aggregates begin until the width of the input is known. */
  private static final int AGGREGATES = 1 << 24;

  /** The most rows before a row that an aggregate may be over. */
  private static final long MAX_ROWS = 1_000_000;

  private final SelectPlanner planner;
  private final SqlSelect select;
  private final Relation input;

  /** What is computed below: arguments, filters, and what rows are parted and ordered by. */
  private final List<Expression> read = new ArrayList<>();

  private final AggregateCalls aggregates;
  private @Nullable SqlWindow window;

  OverPlanner(SelectPlanner planner, SqlSelect select, Relation input) {
    this.planner = planner;
    this.select = select;
    this.input = input;
    aggregates = new AggregateCalls(planner, input, true, this::reading);
  }

  /** Whether OVER stands in the expression. */
  static boolean containsOver(@Nullable SqlNode node) {
    if (node instanceof SqlNodeList list) {
      return list.stream().anyMatch(OverPlanner::containsOver);
    }
    return node instanceof SqlCall call
        && !call.getKind().belongsTo(SqlKind.QUERY)
        && (call.getKind() == SqlKind.OVER
            || call.getOperandList().stream().anyMatch(OverPlanner::containsOver));
  }

  Relation plan() {
    for (SqlNode item : select.getSelectList()) {
      if (isRowNumber(SelectList.value(item))) {
        return numbered();
      }
    }
    ExpressionResolver resolver = planner.resolver(new Overs());
    List<Output> outputs = outputs(resolver);
    SqlWindow over = window;
    if (over == null) {
      throw new IllegalStateException("a SELECT with OVER has a window");
    }
    return aggregated(over, outputs);
  }

  private int reading(Expression expression) {
    if (expression instanceof Expression.Column column) {
      return column.index();
    }
    int known = read.indexOf(expression);
    if (known < 0) {
      known = read.size();
      read.add(expression);
    }
    return input.node().rowType().size() + known;
  }

  // ---- numbers ----

  private static boolean isRowNumber(SqlNode node) {
    return node instanceof SqlCall over
        && over.getKind() == SqlKind.OVER
        && over.operand(0) instanceof SqlCall function
        && function.getOperator().getName().equalsIgnoreCase("ROW_NUMBER");
  }

  private Relation numbered() {
    List<Output> outputs = new ArrayList<>();
    Relation.Ranking ranking = null;
    DataType type = DataType.of(Kind.BIGINT).withNullable(false);
    for (SqlNode item : select.getSelectList()) {
      SqlNode value = SelectList.value(item);
      if (isRowNumber(value)) {
        if (ranking != null) {
          throw new SqlException(planner.at(value), "a SELECT has one ROW_NUMBER at most");
        }
        ranking = ranking((SqlCall) value);
        outputs.add(
            new Output(
                SelectList.name(item, outputs.size()), Optional.empty(), type, Role.ROW_NUMBER));
      } else if (containsOver(value)) {
        throw new SqlException(
            planner.at(value), "aggregates OVER rows cannot stand beside ROW_NUMBER");
      } else {
        outputs.addAll(new SelectList(planner, input).outputs(SqlNodeList.of(item)));
      }
    }
    Relation below = Relations.extended(input, read, new ArrayList<>(), planner.nodes());
    Relation numbered =
        new Relation(
            below.node(), below.columns(), below.watermark(), null, below.windowTime(), ranking);
    return Relations.project(numbered, outputs, planner.nodes());
  }

  private Relation.Ranking ranking(SqlCall over) {
    SqlWindow window = window(over);
    Position at = planner.at(over);
    if (window.getOrderList().isEmpty()) {
      throw new SqlException(at, "ROW_NUMBER needs an order: OVER ([PARTITION BY …] ORDER BY …)");
    }
    ExpressionResolver resolver = planner.resolver(new Scope.Rows(input, "OVER"));
    List<Integer> partition = new ArrayList<>();
    boolean start = false;
    boolean end = false;
    for (SqlNode each : window.getPartitionList()) {
      Expression value = resolver.resolve(each);
      partition.add(reading(value));
      start |= role(each) == Role.WINDOW_START;
      end |= role(each) == Role.WINDOW_END;
    }
    List<SortColumn> order = new ArrayList<>();
    boolean byTime = window.getOrderList().size() == 1;
    for (SqlNode each : window.getOrderList()) {
      SqlNode value = each;
      boolean descending = false;
      Boolean nullsFirst = null;
      while (value.getKind() == SqlKind.DESCENDING
          || value.getKind() == SqlKind.NULLS_FIRST
          || value.getKind() == SqlKind.NULLS_LAST) {
        descending |= value.getKind() == SqlKind.DESCENDING;
        if (value.getKind() != SqlKind.DESCENDING) {
          nullsFirst = value.getKind() == SqlKind.NULLS_FIRST;
        }
        value = ((SqlCall) value).operand(0);
      }
      byTime &= role(value) == Role.EVENT_TIME;
      // As in Flink, NULL is less than every value.
      order.add(
          new SortColumn(
              reading(ordered(resolver.resolve(value), value)),
              descending,
              nullsFirst == null ? !descending : nullsFirst));
    }
    return new Relation.Ranking(partition, order, byTime, start && end, at);
  }

  private Expression ordered(Expression value, SqlNode node) {
    if (value.type().kind() == Kind.NULL || value instanceof Literal) {
      throw new SqlException(planner.at(node), "ORDER BY takes columns and expressions of them");
    }
    return value;
  }

  private Role role(SqlNode node) {
    return node instanceof SqlIdentifier name && !ExpressionResolver.isFunction(name)
        ? Scope.Rows.find(input, name, planner.at(node)).role()
        : Role.VALUE;
  }

  private SqlWindow window(SqlCall over) {
    if (over.operand(1) instanceof SqlWindow window && window.getRefName() == null) {
      return window;
    }
    String name =
        over.operand(1) instanceof SqlIdentifier simple
            ? simple.getSimple()
            : ((SqlWindow) over.operand(1)).getRefName().getSimple();
    for (SqlNode each : select.getWindowList()) {
      if (each instanceof SqlWindow declared
          && declared.getDeclName() != null
          && declared.getDeclName().getSimple().equals(name)
          && declared.getRefName() == null) {
        return declared;
      }
    }
    throw new SqlException(
        planner.at(over), "there is no WINDOW " + Messages.shorten(name) + " in this SELECT");
  }

  // ---- aggregates ----

  /** Names mean the input's columns; OVER means the aggregate that it is over. */
  private final class Overs implements Scope {

    private final Scope rows = new Scope.Rows(input, "this SELECT");

    @Override
    public Expression column(SqlIdentifier name, Position at) {
      return rows.column(name, at);
    }

    @Override
    public Expression currentWatermark(SqlNode column, Position at) {
      return rows.currentWatermark(column, at);
    }

    @Override
    public Expression aggregate(SqlCall call, Position at) {
      return rows.aggregate(call, at);
    }

    @Override
    public @Nullable Expression known(SqlNode node) {
      if (node.getKind() != SqlKind.OVER) {
        return null;
      }
      SqlCall over = (SqlCall) node;
      SqlCall function = over.operand(0);
      String name = function.getOperator().getName().toUpperCase(Locale.ROOT);
      if (function.getKind() != SqlKind.FILTER && !AggregateFunctions.isAggregate(name)) {
        throw AggregateFunctions.unknown(name, planner.at(function));
      }
      SqlWindow asked = window(over);
      if (window != null && !window.toString().equals(asked.toString())) {
        throw new SqlException(
            planner.at(over), "all OVER of one SELECT are the same; put others in another query");
      }
      window = asked;
      int index = aggregates.add(function, planner.at(function));
      return new Expression.Column(AGGREGATES + index, aggregates.all().get(index).type());
    }
  }

  private List<Output> outputs(ExpressionResolver resolver) {
    List<Output> outputs = new ArrayList<>();
    for (SqlNode item : select.getSelectList()) {
      SqlNode value = SelectList.value(item);
      if (containsOver(value)) {
        outputs.add(
            Output.of(SelectList.name(item, outputs.size()), resolver.resolve(value), Role.VALUE));
      } else {
        outputs.addAll(new SelectList(planner, input).outputs(SqlNodeList.of(item)));
      }
    }
    return outputs;
  }

  private Relation aggregated(SqlWindow over, List<Output> outputs) {
    Position at = planner.at(over);
    planner.requireAppend(input.node(), "aggregates OVER rows are", at);
    ExpressionResolver resolver = planner.resolver(new Scope.Rows(input, "OVER"));
    List<Integer> partition = new ArrayList<>();
    for (SqlNode each : over.getPartitionList()) {
      partition.add(reading(resolver.resolve(each)));
    }
    int time = time(over, at);
    OptionalLong preceding = preceding(over);
    Relation below = Relations.extended(input, read, new ArrayList<>(), planner.nodes());
    int width = below.node().rowType().size();
    RowBuilder row = new RowBuilder();
    below.node().rowType().fields().forEach(field -> row.add(field.name(), field.type()));
    aggregates.all().forEach(call -> row.add(call.function().name(), call.type()));
    PlanNode node =
        planner
            .nodes()
            .unique(
                new PlanNode.OverAggregate(
                    below.node(),
                    partition,
                    time,
                    over.isRows(),
                    preceding,
                    aggregates.all(),
                    row.rowType()));
    List<Output> placed = new ArrayList<>();
    for (Output output : outputs) {
      placed.add(
          new Output(
              output.name(),
              output
                  .value()
                  .map(
                      value ->
                          Rewrites.remap(value, i -> i >= AGGREGATES ? width + i - AGGREGATES : i)),
              output.type(),
              output.role()));
    }
    Relation rows =
        new Relation(node, below.columns(), below.watermark(), null, below.windowTime(), null);
    return Relations.project(rows, placed, planner.nodes());
  }

  private int time(SqlWindow over, Position at) {
    SqlNodeList order = over.getOrderList();
    if (order.size() != 1 || role(order.get(0)) != Role.EVENT_TIME) {
      throw new SqlException(
          order.isEmpty() ? at : planner.at(order),
          "aggregates OVER rows are in the order of event time: ORDER BY the column that the"
              + " table's WATERMARK FOR names, ascending");
    }
    return Scope.Rows.find(input, (SqlIdentifier) order.get(0), at).index();
  }

  /** How far back the rows go; empty for all. */
  private OptionalLong preceding(SqlWindow over) {
    SqlNode lower = over.getLowerBound();
    SqlNode upper = over.getUpperBound();
    if (lower == null && upper == null) {
      return OptionalLong.empty();
    }
    if (lower == null || (upper != null && !SqlWindow.isCurrentRow(upper))) {
      throw new SqlException(
          planner.at(upper == null ? over : upper),
          "OVER ends at the row itself: BETWEEN … PRECEDING AND CURRENT ROW");
    }
    if (SqlWindow.isUnboundedPreceding(lower)) {
      return OptionalLong.empty();
    }
    if (SqlWindow.isCurrentRow(lower)) {
      return OptionalLong.of(0);
    }
    if (lower.getKind() != SqlKind.PRECEDING) {
      throw new SqlException(
          planner.at(lower), "OVER begins before the row: BETWEEN … PRECEDING AND CURRENT ROW");
    }
    SqlNode extent = ((SqlCall) lower).operand(0);
    Expression value =
        planner.resolver(new Scope.Constants("how far OVER goes back")).resolve(extent);
    if (value instanceof Literal literal && literal.value() instanceof Long amount) {
      boolean fits =
          over.isRows()
              ? TypeRules.isInteger(value.type()) && amount <= MAX_ROWS
              : value.type().kind() == Kind.INTERVAL_MILLIS;
      if (fits && amount >= 0) {
        return OptionalLong.of(amount);
      }
    }
    throw new SqlException(
        planner.at(extent),
        over.isRows()
            ? "ROWS goes back a whole number of rows, up to " + MAX_ROWS
            : "RANGE goes back an interval of days or less, such as INTERVAL '1' HOUR");
  }
}
