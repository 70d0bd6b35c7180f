package io.millrace.streams.sql;

import io.millrace.streams.plan.AggregateCall;
import io.millrace.streams.plan.AggregateFunction;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.PlanNode.WindowProperty;
import io.millrace.streams.sql.Relation.Role;
import io.millrace.streams.sql.Relations.Output;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.jspecify.annotations.Nullable;

/** Plans a SELECT with aggregates over the windows of its input. */
final class AggregatePlanner {

  private static final String FORM =
      "write FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '1' HOUR)) GROUP BY window_start,"
          + " window_end, …";

  /** Where the indexes of window properties begin until the number of aggregates is known. */
  private static final int PROPERTIES = 1 << 24;

  private final SelectPlanner planner;
  private final SqlSelect select;
  private final Relation input;
  private final Relation.Windowing windowing;

  /** What the aggregate reads, over the input's row: keys, arguments, filters and the time. */
  private final List<Expression> read = new ArrayList<>();

  private final List<Expression> keys = new ArrayList<>();
  private final List<String> keyNames = new ArrayList<>();
  private final List<AggregateCall> aggregates = new ArrayList<>();
  private final Set<WindowProperty> grouped = EnumSet.noneOf(WindowProperty.class);
  private final List<WindowProperty> properties = new ArrayList<>();

  AggregatePlanner(SelectPlanner planner, SqlSelect select, Relation input) {
    this.planner = planner;
    this.select = select;
    this.input = input;
    Relation.Windowing asked = input.windowing();
    if (asked == null) {
      SqlNodeList group = select.getGroup();
      throw new SqlException(
          planner.at(group == null || group.isEmpty() ? select : group),
          "an aggregate over a stream without windows would never be complete; " + FORM);
    }
    this.windowing = asked;
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
    if (!grouped.contains(WindowProperty.WINDOW_START)
        || !grouped.contains(WindowProperty.WINDOW_END)) {
      throw new SqlException(
          planner.at(group == null || group.isEmpty() ? select : group),
          "a window is grouped by its start and its end; " + FORM);
    }
    ExpressionResolver resolver = planner.resolver(new Groups());
    List<Output> outputs = outputs(resolver);
    SqlNode having = select.getHaving();
    Expression condition = having == null ? null : resolver.resolve(having);
    Relation groups = new Relation(aggregate(), List.of(), Relation.NONE, null);
    if (having != null && condition != null) {
      groups = planner.filtered(groups, placed(condition), "HAVING", planner.at(having));
    }
    return Relations.project(groups, outputs.stream().map(this::placed).toList(), planner.nodes());
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
      keyNames.add(SelectPlanner.name(node, keys.size() - 1));
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
      SqlNode value = SelectPlanner.value(item);
      Role role = Role.VALUE;
      if (value instanceof SqlIdentifier name
          && !ExpressionResolver.isFunction(name)
          && Scope.Rows.find(input, name, planner.at(name)).role() == Role.WINDOW_TIME) {
        role = Role.EVENT_TIME;
      }
      outputs.add(
          Output.of(SelectPlanner.name(item, outputs.size()), resolver.resolve(value), role));
    }
    return outputs;
  }

  /** The node: what it reads is computed below it, unless that is columns of the input alone. */
  private PlanNode aggregate() {
    List<Integer> keyColumns = keys.stream().map(this::reading).toList();
    DataType timeType = input.node().rowType().type(windowing.timeColumn());
    int time = reading(new Expression.Column(windowing.timeColumn(), timeType));
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
    for (AggregateCall call : aggregates) {
      row.add(call.function().name(), call.type());
    }
    for (WindowProperty property : properties) {
      row.add(property.name().toLowerCase(Locale.ROOT), type(property));
    }
    return planner
        .nodes()
        .unique(
            new PlanNode.WindowAggregate(
                node, windowing.spec(), time, keyColumns, aggregates, properties, row.rowType()));
  }

  private DataType type(WindowProperty property) {
    return property == WindowProperty.WINDOW_TIME
        ? DataType.of(input.node().rowType().type(windowing.timeColumn()).kind())
            .withNullable(false)
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
            index >= PROPERTIES ? keys.size() + aggregates.size() + index - PROPERTIES : index);
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
      OptionalInt filter = OptionalInt.empty();
      SqlCall function = call;
      ExpressionResolver inner =
          planner.resolver(new Scope.Rows(input, "the argument of an aggregate"));
      if (call.getKind() == SqlKind.FILTER) {
        Expression condition =
            Operators.condition(
                inner.resolve(call.operand(1)), "FILTER", planner.at(call.operand(1)));
        filter = OptionalInt.of(reading(condition));
        function = call.operand(0);
      }
      AggregateCall aggregate = aggregate(function, inner, filter, at);
      int index = aggregates.indexOf(aggregate);
      if (index < 0) {
        index = aggregates.size();
        aggregates.add(aggregate);
      }
      return new Expression.Column(keys.size() + index, aggregate.type());
    }

    private AggregateCall aggregate(
        SqlCall call, ExpressionResolver inner, OptionalInt filter, Position at) {
      String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
      if (!AggregateFunctions.isAggregate(name)) {
        throw AggregateFunctions.unknown(name, at);
      }
      AggregateFunction function = AggregateFunction.valueOf(name);
      boolean distinct =
          call.getFunctionQuantifier() != null
              && call.getFunctionQuantifier().getValue() == SqlSelectKeyword.DISTINCT;
      int expected = function == AggregateFunction.PERCENTILE ? 2 : 1;
      if (call.operandCount() != expected) {
        throw new SqlException(
            at,
            name
                + " has "
                + Messages.count(call.operandCount(), "argument")
                + " here; it is called "
                + (expected == 2 ? "PERCENTILE(x, fraction)" : name + "(x)"));
      }
      if (call.operand(0) instanceof SqlIdentifier star && star.isStar()) {
        return rows(function, distinct, filter, at);
      }
      Expression argument = inner.resolve(call.operand(0));
      DataType type = AggregateFunctions.type(function, argument.type(), at);
      if (function != AggregateFunction.COUNT) {
        type = type.withNullable(argument.type().nullable() || filter.isPresent());
      }
      OptionalDouble fraction = OptionalDouble.empty();
      if (function == AggregateFunction.PERCENTILE) {
        if (distinct) {
          throw new SqlException(at, "PERCENTILE takes no DISTINCT");
        }
        fraction = OptionalDouble.of(fraction(call.operand(1)));
        argument = Operators.as(argument, DataType.of(Kind.DOUBLE));
      }
      return new AggregateCall(
          function, OptionalInt.of(reading(argument)), distinct, filter, fraction, type);
    }

    private AggregateCall rows(
        AggregateFunction function, boolean distinct, OptionalInt filter, Position at) {
      if (function != AggregateFunction.COUNT || distinct) {
        throw new SqlException(at, "only COUNT(*) takes *; give " + function + " an expression");
      }
      return new AggregateCall(
          function,
          OptionalInt.empty(),
          false,
          filter,
          OptionalDouble.empty(),
          DataType.of(Kind.BIGINT).withNullable(false));
    }

    private double fraction(SqlNode node) {
      Expression value =
          planner.resolver(new Scope.Constants("the fraction of PERCENTILE")).resolve(node);
      if (value.type().isNumeric()
          && Operators.as(value, DataType.of(Kind.DOUBLE)) instanceof Literal literal
          && literal.value() instanceof Double fraction
          && fraction >= 0
          && fraction <= 1) {
        return fraction;
      }
      throw new SqlException(
          planner.at(node), "the fraction of PERCENTILE is a number from 0 to 1, such as 0.95");
    }
  }
}
