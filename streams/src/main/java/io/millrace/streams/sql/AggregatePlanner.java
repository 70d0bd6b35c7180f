package io.millrace.streams.sql;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.WindowProperty;
import io.millrace.streams.plan.WindowSpec;
import io.millrace.streams.sql.Relation.Role;
import io.millrace.streams.sql.Relations.Output;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.jspecify.annotations.Nullable;

/** Plans a SELECT with aggregates: over the windows of its input, or else over all rows. */
final class AggregatePlanner {

  private static final String FORM =
      "write FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '1' HOUR)) GROUP BY window_start,"
          + " window_end, …";

  /** Where the indexes of window properties begin until the number of aggregates is known. */
  private static final int PROPERTIES = 1 << 24;

  private final SelectPlanner planner;
  private final SqlSelect select;
  private final Relation input;

  /**
   * The windows that the rows stand in; null when they stand in none, or are not grouped by them.
   */
  private final Relation.@Nullable Windowing windowing;

  /** What the aggregate reads, over the input's row: keys, arguments, filters and the time. */
  private final List<Expression> read = new ArrayList<>();

  private final List<Expression> keys = new ArrayList<>();
  private final List<String> keyNames = new ArrayList<>();
  private final AggregateCalls aggregates;
  private final Set<WindowProperty> grouped = EnumSet.noneOf(WindowProperty.class);
  private final List<WindowProperty> properties = new ArrayList<>();

  AggregatePlanner(SelectPlanner planner, SqlSelect select, Relation input) {
    this.planner = planner;
    this.select = select;
    this.input = input;
    windowing = windowing();
    aggregates = new AggregateCalls(planner, input, windowing == null, this::reading);
  }

  private Relation.@Nullable Windowing windowing() {
    if (input.windowing() != null || input.windowTime() == Relation.NONE) {
      return input.windowing();
    }
    // Rows that a step below has put in windows are of these when they are grouped by both bounds.
    Set<Role> roles = EnumSet.noneOf(Role.class);
    SqlNodeList group = select.getGroup();
    if (group != null) {
      for (SqlNode each : group) {
        if (each instanceof SqlIdentifier name && !ExpressionResolver.isFunction(name)) {
          roles.add(Scope.Rows.find(input, name, planner.at(each)).role());
        }
      }
    }
    return roles.contains(Role.WINDOW_START) && roles.contains(Role.WINDOW_END)
        ? new Relation.Windowing(
            new WindowSpec.Attached(), input.windowTime(), List.of(), planner.at(select))
        : null;
  }

  private boolean isAttached() {
    return windowing != null && input.windowing() == null;
  }

  /** Whether an aggregate function is called in the expression. */
  static boolean containsAggregate(@Nullable SqlNode node) {
    if (node instanceof SqlNodeList list) {
      return list.stream().anyMatch(AggregatePlanner::containsAggregate);
    }
    if (!(node instanceof SqlCall call)
        || call.getKind() == SqlKind.OVER
        || call.getKind().belongsTo(SqlKind.QUERY)) {
      return false;
    }
    return AggregateFunctions.isAggregate(call.getOperator().getName().toUpperCase(Locale.ROOT))
        || call.getOperandList().stream().anyMatch(AggregatePlanner::containsAggregate);
  }

  Relation plan() {
    SqlNodeList group = select.getGroup();
    if (group != null) {
      group.forEach(this::addKey);
    }
    if (input.windowing() != null
        && (!grouped.contains(WindowProperty.WINDOW_START)
            || !grouped.contains(WindowProperty.WINDOW_END))) {
      throw new SqlException(
          planner.at(group == null || group.isEmpty() ? select : group),
          "a window is grouped by its start and its end; " + FORM);
    }
    if (windowing != null) {
      checkWindows(windowing);
    }
    ExpressionResolver resolver = planner.resolver(new Groups());
    List<Output> outputs = outputs(resolver);
    SqlNode having = select.getHaving();
    Expression condition = having == null ? null : resolver.resolve(having);
    if (windowing != null && !properties.contains(WindowProperty.WINDOW_TIME)) {
      // Steps above may need to know when the window is complete.
      properties.add(WindowProperty.WINDOW_TIME);
    }
    PlanNode node = aggregate();
    int windowTime =
        windowing == null
            ? Relation.NONE
            : keys.size()
                + aggregates.all().size()
                + properties.indexOf(WindowProperty.WINDOW_TIME);
    Relation groups = new Relation(node, List.of(), Relation.NONE, null, windowTime, null);
    if (having != null && condition != null) {
      groups = planner.filtered(groups, placed(condition), "HAVING", planner.at(having));
    }
    return Relations.project(groups, outputs.stream().map(this::placed).toList(), planner.nodes());
  }

  private void checkWindows(Relation.Windowing windows) {
    planner.requireAppend(input.node(), "windows are aggregated", windows.position());
    if (windows.spec() instanceof WindowSpec.Session) {
      RowType row = input.node().rowType();
      Set<Expression> partition = new HashSet<>();
      windows.partition().forEach(i -> partition.add(new Expression.Column(i, row.type(i))));
      if (!partition.equals(new HashSet<>(keys))) {
        throw new SqlException(
            planner.at(select.getGroup() == null ? select : select.getGroup()),
            "a SESSION window is grouped by window_start, window_end and exactly the columns of"
                + " its PARTITION BY");
      }
    }
  }

  private void addKey(SqlNode node) {
    if (node instanceof SqlNodeList list) {
      list.forEach(this::addKey);
      return;
    }
    switch (node.getKind()) {
      case ROW -> ((SqlCall) node).getOperandList().forEach(this::addKey);
      case ROLLUP, CUBE, GROUPING_SETS, GROUP_BY_DISTINCT ->
          throw new SqlException(
              planner.at(node),
              "GROUP BY takes columns and expressions; ROLLUP, CUBE, GROUPING SETS"
                  + " and DISTINCT are not supported");
      case LITERAL ->
          throw new SqlException(
              planner.at(node), "GROUP BY takes columns and expressions, not numbers of columns");
      default -> addKeyExpression(node);
    }
  }

  private void addKeyExpression(SqlNode node) {
    if (node instanceof SqlIdentifier name && !ExpressionResolver.isFunction(name)) {
      Relation.Column column = Scope.Rows.find(input, name, planner.at(node));
      if (column.isOfWindow()) {
        grouped.add(property(column));
        return;
      }
    }
    Expression key = planner.resolver(new Scope.Rows(input, "GROUP BY")).resolve(node);
    if (key.type().kind() == Kind.NULL) {
      throw new SqlException(planner.at(node), "GROUP BY takes columns and expressions, not NULL");
    }
    if (!keys.contains(key)) {
      keys.add(key);
      keyNames.add(SelectList.name(node, keys.size() - 1));
    }
  }

  private static WindowProperty property(Relation.Column column) {
    return switch (column.role()) {
      case WINDOW_START -> WindowProperty.WINDOW_START;
      case WINDOW_END -> WindowProperty.WINDOW_END;
      default -> WindowProperty.WINDOW_TIME;
    };
  }

  private List<Output> outputs(ExpressionResolver resolver) {
    List<Output> outputs = new ArrayList<>();
    for (SqlNode item : select.getSelectList()) {
      if (item instanceof SqlIdentifier star && star.isStar()) {
        throw new SqlException(
            planner.at(item), "* cannot stand beside GROUP BY; name the columns and aggregates");
      }
      SqlNode value = SelectList.value(item);
      Role role =
          value instanceof SqlIdentifier name && !ExpressionResolver.isFunction(name)
              ? role(Scope.Rows.find(input, name, planner.at(name)))
              : Role.VALUE;
      outputs.add(Output.of(SelectList.name(item, outputs.size()), resolver.resolve(value), role));
    }
    return outputs;
  }

  /** What a column that is grouped by means afterwards. */
  private Role role(Relation.Column column) {
    if (windowing == null) {
      return Role.VALUE;
    }
    return switch (column.role()) {
      case WINDOW_START, WINDOW_END -> column.role();
      case WINDOW_TIME -> Role.EVENT_TIME;
      case EVENT_TIME ->
          isAttached() && column.index() == input.windowTime() ? Role.EVENT_TIME : Role.VALUE;
      default -> Role.VALUE;
    };
  }

  /** The node: what it reads is computed below it, unless that is columns of the input alone. */
  private PlanNode aggregate() {
    List<Integer> keyColumns = keys.stream().map(this::reading).toList();
    int time = windowing == null ? Relation.NONE : reading(time(windowing));
    RowBuilder below = new RowBuilder();
    for (Expression expression : read) {
      below.add(
          expression instanceof Expression.Column column
              ? input.node().rowType().field(column.index()).name()
              : "value",
          expression.type());
    }
    PlanNode node =
        planner.nodes().unique(new PlanNode.Project(input.node(), read, below.rowType()));
    RowBuilder row = new RowBuilder();
    for (int i = 0; i < keys.size(); i++) {
      row.add(keyNames.get(i), keys.get(i).type());
    }
    for (AggregateCall call : aggregates.all()) {
      row.add(call.function().name(), call.type());
    }
    for (WindowProperty property : properties) {
      row.add(property.name().toLowerCase(Locale.ROOT), type(property));
    }
    RowType type = row.rowType();
    List<AggregateCall> calls = aggregates.all();
    return planner
        .nodes()
        .unique(
            windowing == null
                ? new PlanNode.GroupAggregate(node, keyColumns, calls, type)
                : new PlanNode.WindowAggregate(
                    node, windowing.spec(), time, keyColumns, calls, properties, type));
  }

  private Expression.Column time(Relation.Windowing windows) {
    return new Expression.Column(
        windows.timeColumn(), input.node().rowType().type(windows.timeColumn()));
  }

  private DataType type(WindowProperty property) {
    return property == WindowProperty.WINDOW_TIME && windowing != null
        ? DataType.of(time(windowing).type().kind()).withNullable(false)
        : SelectPlanner.windowBound();
  }

  /** The index of an expression among those that the aggregate reads. */
  private int reading(Expression expression) {
    int index = read.indexOf(expression);
    if (index >= 0) {
      return index;
    }
    read.add(expression);
    return read.size() - 1;
  }

  private Output placed(Output output) {
    return new Output(
        output.name(), output.value().map(this::placed), output.type(), output.role());
  }

  /** The expression with the final indexes of aggregates and properties. */
  private Expression placed(Expression expression) {
    return Rewrites.remap(
        expression,
        index ->
            index >= PROPERTIES
                ? keys.size() + aggregates.all().size() + index - PROPERTIES
                : index);
  }

  /** What names and aggregates mean behind GROUP BY. */
  private final class Groups implements Scope {

    @Override
    public @Nullable Expression known(SqlNode node) {
      boolean onlyColumns = keys.stream().allMatch(Expression.Column.class::isInstance);
      if (onlyColumns || !(node instanceof SqlCall) || containsAggregate(node)) {
        return null;
      }
      try {
        Expression value = planner.resolver(new Scope.Rows(input, "this SELECT")).resolve(node);
        int key = keys.indexOf(value);
        return key < 0 ? null : new Expression.Column(key, value.type());
      } catch (SqlException e) {
        // Not an expression over the input; looked at part by part, it will say why.
        return null;
      }
    }

    @Override
    public Expression column(SqlIdentifier name, Position at) {
      Relation.Column column = Rows.find(input, name, at);
      if (column.isOfWindow()) {
        WindowProperty property = property(column);
        if (!grouped.contains(property)) {
          throw notGrouped(column.name(), at);
        }
        if (!properties.contains(property)) {
          properties.add(property);
        }
        return new Expression.Column(PROPERTIES + properties.indexOf(property), type(property));
      }
      int key = keys.indexOf(new Expression.Column(column.index(), column.type()));
      if (key < 0) {
        throw notGrouped(column.name(), at);
      }
      return new Expression.Column(key, column.type());
    }

    private SqlException notGrouped(String name, Position at) {
      return new SqlException(
          at, name + " is neither in GROUP BY nor in an aggregate function; put it in one of them");
    }

    @Override
    public Expression currentWatermark(SqlNode column, Position at) {
      throw new SqlException(
          at, "CURRENT_WATERMARK is of one row; it cannot stand beside GROUP BY");
    }

    @Override
    public Expression aggregate(SqlCall call, Position at) {
      int index = aggregates.add(call, at);
      return new Expression.Column(keys.size() + index, aggregates.all().get(index).type());
    }
  }
}
