package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.PlanNames;
import io.millrace.streams.plan.WindowSpec;
import io.millrace.streams.sql.Relation.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/** Plans the window table functions. */
final class WindowTables {

  /** A window function: its arguments in order, and how it is written. */
  private record Function(List<String> arguments, String form) {}

  private static final Map<String, Function> FUNCTIONS = new LinkedHashMap<>();

  static {
    FUNCTIONS.put(
        "TUMBLE",
        new Function(
            List.of("DATA", "TIMECOL", "SIZE", "OFFSET"),
            "TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '1' HOUR [, offset])"));
    FUNCTIONS.put(
        "HOP",
        new Function(
            List.of("DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"),
            "HOP(TABLE t, DESCRIPTOR(time), INTERVAL '1' HOUR, INTERVAL '3' HOUR [, offset]), with"
                + " the slide before the size"));
    FUNCTIONS.put(
        "CUMULATE",
        new Function(
            List.of("DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"),
            "CUMULATE(TABLE t, DESCRIPTOR(time), INTERVAL '1' HOUR, INTERVAL '1' DAY [, offset]),"
                + " with the step before the size"));
    FUNCTIONS.put(
        "SESSION",
        new Function(
            List.of("DATA", "TIMECOL", "GAP"),
            "SESSION(TABLE t PARTITION BY key, DESCRIPTOR(time), INTERVAL '5' MINUTE)"));
  }

  private final SelectPlanner planner;

  WindowTables(SelectPlanner planner) {
    this.planner = planner;
  }

  /** The rows of the table in the function's windows, not aggregated yet. */
  Relation plan(SqlNode node) {
    Position at = planner.at(node);
    if (!(node instanceof SqlCall call)) {
      throw new SqlException(at, "TABLE(…) takes " + Messages.oneOf(FUNCTIONS.keySet()));
    }
    String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
    Function function = FUNCTIONS.get(name);
    if (function == null) {
      throw new SqlException(
          at,
          "there is no table function "
              + Messages.shorten(name)
              + "; there are "
              + Messages.and(FUNCTIONS.keySet()));
    }
    Map<String, SqlNode> arguments = arguments(call, function.arguments, function.form);
    SqlNode dataNode = arguments.getOrDefault("DATA", call);
    Relation data = data(dataNode);
    List<Integer> partition = partition(dataNode, data, name);
    Relation.Column time = time(arguments.getOrDefault("TIMECOL", call), data);
    WindowSpec spec =
        switch (name) {
          case "TUMBLE" -> tumble(arguments, at);
          case "HOP" -> hop(arguments, at);
          case "CUMULATE" -> cumulate(arguments, at);
          default -> new WindowSpec.Session(length(arguments, "GAP", at));
        };
    List<Relation.Column> columns = new ArrayList<>(data.columns());
    DataType bound = SelectPlanner.windowBound();
    DataType last = DataType.of(time.type().kind()).withNullable(false);
    columns.add(ofWindow("window_start", bound, Role.WINDOW_START));
    columns.add(ofWindow("window_end", bound, Role.WINDOW_END));
    columns.add(ofWindow("window_time", last, Role.WINDOW_TIME));
    return new Relation(
        data.node(),
        columns,
        data.watermark(),
        new Relation.Windowing(spec, time.index(), partition, at));
  }

  private static Relation.Column ofWindow(String name, DataType type, Role role) {
    return new Relation.Column("", name, type, Relation.NONE, role);
  }

  /** The arguments by name; all but the offset are there. */
  private Map<String, SqlNode> arguments(SqlCall call, List<String> names, String form) {
    Map<String, SqlNode> arguments = new LinkedHashMap<>();
    int position = 0;
    for (SqlNode operand : call.getOperandList()) {
      String name;
      SqlNode value = operand;
      if (operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT) {
        SqlCall assignment = (SqlCall) operand;
        String given = ((SqlIdentifier) assignment.operand(1)).getSimple().toUpperCase(Locale.ROOT);
        name = given.equals(QueryParser.OFFSET_ARGUMENT) ? "OFFSET" : given;
        value = assignment.operand(0);
        if (!names.contains(name)) {
          throw new SqlException(
              planner.at(operand),
              "there is no argument "
                  + Messages.shorten(name)
                  + "; the arguments are "
                  + String.join(", ", names));
        }
      } else if (position < names.size()) {
        name = names.get(position++);
      } else {
        throw new SqlException(planner.at(operand), "this argument is one too many; write " + form);
      }
      if (arguments.put(name, value) != null) {
        throw new SqlException(planner.at(operand), "the argument " + name + " is given twice");
      }
    }
    for (String name : names) {
      if (!arguments.containsKey(name) && !name.equals("OFFSET")) {
        throw new SqlException(
            planner.at(call), "the argument " + name + " is missing; write " + form);
      }
    }
    return arguments;
  }

  private Relation data(SqlNode node) {
    return switch (node.getKind()) {
      case SET_SEMANTICS_TABLE -> data(((SqlCall) node).operand(0));
      case EXPLICIT_TABLE -> planner.complete(planner.from(((SqlCall) node).operand(0)));
      case SELECT, UNION, VALUES, WITH -> planner.complete(planner.query(node));
      default ->
          throw new SqlException(
              planner.at(node), "expected TABLE and the name of a table or view, or a sub-query");
    };
  }

  /** The columns behind PARTITION BY. */
  private List<Integer> partition(SqlNode node, Relation data, String function) {
    if (node.getKind() != SqlKind.SET_SEMANTICS_TABLE) {
      return List.of();
    }
    SqlCall table = (SqlCall) node;
    if (table.operand(2) instanceof SqlNodeList order && !order.isEmpty()) {
      throw new SqlException(planner.at(order), "a window takes no ORDER BY");
    }
    if (!function.equals("SESSION")) {
      throw new SqlException(
          planner.at(node), function + " takes no PARTITION BY; group by the columns instead");
    }
    List<Integer> partition = new ArrayList<>();
    for (SqlNode each : (SqlNodeList) table.operand(1)) {
      if (!(each instanceof SqlIdentifier name)) {
        throw new SqlException(planner.at(each), "PARTITION BY takes columns here");
      }
      partition.add(Scope.Rows.find(data, name, planner.at(each)).index());
    }
    return partition;
  }

  private Relation.Column time(SqlNode node, Relation data) {
    Position at = planner.at(node);
    if (!(node instanceof SqlCall call)
        || !call.getOperator().getName().equalsIgnoreCase("DESCRIPTOR")
        || call.operandCount() != 1
        || !(call.operand(0) instanceof SqlIdentifier name)) {
      throw new SqlException(at, "expected DESCRIPTOR and the time column in parentheses");
    }
    Relation.Column column = Scope.Rows.find(data, name, planner.at(name));
    if (column.role() != Role.EVENT_TIME) {
      List<String> times =
          data.columns().stream()
              .filter(each -> each.role() == Role.EVENT_TIME)
              .map(Relation.Column::name)
              .toList();
      throw new SqlException(
          planner.at(name),
          "windows need the column that the table's WATERMARK FOR names, passed on unchanged; "
              + column.name()
              + " is not that column"
              + (times.isEmpty() ? "" : ", " + Messages.oneOf(times) + " is"));
    }
    return column;
  }

  private WindowSpec tumble(Map<String, SqlNode> arguments, Position at) {
    Duration size = length(arguments, "SIZE", at);
    return new WindowSpec.Tumble(size, offset(arguments, size));
  }

  private WindowSpec hop(Map<String, SqlNode> arguments, Position at) {
    Duration slide = length(arguments, "SLIDE", at);
    Duration size = length(arguments, "SIZE", at);
    if (size.toMillis() % slide.toMillis() != 0) {
      throw new SqlException(
          planner.at(arguments.getOrDefault("SIZE", arguments.values().iterator().next())),
          "the size of a HOP window must be a whole multiple of its slide; it is "
              + PlanNames.duration(size)
              + " with a slide of "
              + PlanNames.duration(slide)
              + " (the slide stands before the size)");
    }
    return new WindowSpec.Hop(size, slide, offset(arguments, slide));
  }

  private WindowSpec cumulate(Map<String, SqlNode> arguments, Position at) {
    Duration step = length(arguments, "STEP", at);
    Duration size = length(arguments, "SIZE", at);
    if (size.toMillis() % step.toMillis() != 0) {
      throw new SqlException(
          planner.at(arguments.getOrDefault("SIZE", arguments.values().iterator().next())),
          "the size of a CUMULATE window must be a whole multiple of its step; it is "
              + PlanNames.duration(size)
              + " with a step of "
              + PlanNames.duration(step)
              + " (the step stands before the size)");
    }
    return new WindowSpec.Cumulate(size, step, offset(arguments, size));
  }

  private Duration length(Map<String, SqlNode> arguments, String name, Position at) {
    SqlNode node = arguments.get(name);
    if (node == null) {
      throw new SqlException(at, "the argument " + name + " is missing");
    }
    Duration duration = interval(node, name);
    if (!duration.isPositive()) {
      throw new SqlException(
          planner.at(node), "the " + name + " of a window must be longer than nothing");
    }
    return duration;
  }

  private Duration offset(Map<String, SqlNode> arguments, Duration slide) {
    SqlNode node = arguments.get("OFFSET");
    if (node == null) {
      return Duration.ZERO;
    }
    Duration offset = interval(node, "OFFSET");
    if (offset.abs().compareTo(slide) >= 0) {
      throw new SqlException(
          planner.at(node),
          "the OFFSET must be less than the distance between windows, "
              + PlanNames.duration(slide));
    }
    return offset;
  }

  private Duration interval(SqlNode node, String name) {
    Expression value =
        planner.resolver(new Scope.Constants("the " + name + " of a window")).resolve(node);
    if (!(value instanceof Literal literal)
        || literal.type().kind() != Kind.INTERVAL_MILLIS
        || !(literal.value() instanceof Long millis)) {
      throw new SqlException(
          planner.at(node),
          "the " + name + " of a window is an interval of days or less, such as INTERVAL '1' HOUR");
    }
    return Duration.ofMillis(millis);
  }
}
