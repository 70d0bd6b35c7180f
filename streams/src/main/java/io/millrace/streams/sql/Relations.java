package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.SortColumn;
import io.millrace.streams.plan.WindowProperty;
import io.millrace.streams.plan.WindowSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Steps from relations to relations that do not depend on how a query is written. */
final class Relations {

  private static final String HIDDEN = "$hidden";

  private Relations() {}

  /** One row without columns, which SELECT without FROM reads. */
  static Relation oneRow(NodeTable nodes) {
    PlanNode node = nodes.unique(new PlanNode.Values(List.of(List.of()), new RowType(List.of())));
    return new Relation(node, List.of(), Relation.NONE, null);
  }

  /** The same with other names, one per column. */
  static Relation renamed(Relation relation, List<String> names) {
    List<Relation.Column> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      columns.add(relation.columns().get(i).withName(names.get(i)));
    }
    return relation.withColumns(columns);
  }

  /**
   * One column of a projection.
   *
   * @param name its name
   * @param value its value; empty for a fact of a window that is not aggregated yet
   * @param type its type
   * @param role what it means
   */
  record Output(String name, Optional<Expression> value, DataType type, Relation.Role role) {

    static Output of(String name, Expression value, Relation.Role role) {
      return new Output(name, Optional.of(value), value.type(), role);
    }

    /** A column passed on as it is. */
    static Output of(Relation.Column column, String name) {
      return new Output(
          name,
          column.isPending()
              ? Optional.empty()
              : Optional.of(new Expression.Column(column.index(), column.type())),
          column.type(),
          column.role());
    }
  }

  /**
   * The outputs over the input's rows. What cannot be named but belongs to the rows, their
   * partition's watermark and the time that their windows are of, is passed on too.
   */
  static Relation project(Relation input, List<Output> outputs, NodeTable nodes) {
    List<Expression> expressions = new ArrayList<>();
    List<Relation.Column> columns = new ArrayList<>();
    RowBuilder row = new RowBuilder();
    for (Output output : outputs) {
      int index = Relation.NONE;
      if (output.value().isPresent()) {
        index = expressions.size();
        expressions.add(output.value().get());
        row.add(output.name(), output.type());
      }
      columns.add(new Relation.Column("", output.name(), output.type(), index, output.role()));
    }
    int watermark = Relation.NONE;
    if (input.watermark() != Relation.NONE) {
      watermark = hide(input, input.watermark(), expressions, row);
    }
    Relation.Windowing windowing = input.windowing();
    if (windowing != null) {
      int time = hide(input, windowing.timeColumn(), expressions, row);
      List<Integer> partition =
          windowing.partition().stream().map(i -> hide(input, i, expressions, row)).toList();
      windowing = new Relation.Windowing(windowing.spec(), time, partition, windowing.position());
    }
    int windowTime =
        input.windowTime() == Relation.NONE
            ? Relation.NONE
            : hide(input, input.windowTime(), expressions, row);
    Relation.Ranking ranking = input.ranking();
    if (ranking != null) {
      ranking =
          new Relation.Ranking(
              ranking.partition().stream().map(i -> hide(input, i, expressions, row)).toList(),
              ranking.order().stream()
                  .map(
                      each ->
                          new SortColumn(
                              hide(input, each.column(), expressions, row),
                              each.descending(),
                              each.nullsFirst()))
                  .toList(),
              ranking.byTime(),
              ranking.ofWindows(),
              ranking.position());
    }
    PlanNode node = nodes.unique(new PlanNode.Project(input.node(), expressions, row.rowType()));
    return new Relation(node, columns, watermark, windowing, windowTime, ranking);
  }

  /**
   * The same columns over a node that also has the values of expressions.
   *
   * @param indexes takes the index of each expression's value
   */
  static Relation extended(
      Relation input, List<Expression> expressions, List<Integer> indexes, NodeTable nodes) {
    RowType below = input.node().rowType();
    List<Expression> all = new ArrayList<>();
    RowBuilder row = new RowBuilder();
    for (int i = 0; i < below.size(); i++) {
      all.add(new Expression.Column(i, below.type(i)));
      row.add(below.field(i).name(), below.type(i));
    }
    for (Expression expression : expressions) {
      int known = all.indexOf(expression);
      if (known < 0) {
        known = all.size();
        all.add(expression);
        row.add("value", expression.type());
      }
      indexes.add(known);
    }
    return all.size() == below.size()
        ? input
        : input.withNode(nodes.unique(new PlanNode.Project(input.node(), all, row.rowType())));
  }

  /** Each different row once. */
  static Relation distinct(Relation input, NodeTable nodes) {
    List<Output> outputs = new ArrayList<>();
    input.columns().forEach(column -> outputs.add(Output.of(column, column.name())));
    Relation rows = project(input, outputs, nodes);
    List<Integer> keys = rows.columns().stream().map(Relation.Column::index).distinct().toList();
    RowBuilder row = new RowBuilder();
    for (int key : keys) {
      row.add(rows.node().rowType().field(key).name(), rows.node().rowType().type(key));
    }
    boolean ofWindows =
        rows.windowTime() != Relation.NONE
            && rows.hasRole(Relation.Role.WINDOW_START)
            && rows.hasRole(Relation.Role.WINDOW_END);
    PlanNode node;
    if (ofWindows) {
      row.add("window_time", rows.node().rowType().type(rows.windowTime()));
      node =
          new PlanNode.WindowAggregate(
              rows.node(),
              new WindowSpec.Attached(),
              rows.windowTime(),
              keys,
              List.of(),
              List.of(WindowProperty.WINDOW_TIME),
              row.rowType());
    } else {
      node = new PlanNode.GroupAggregate(rows.node(), keys, List.of(), row.rowType());
    }
    List<Relation.Column> columns = new ArrayList<>();
    for (Relation.Column column : rows.columns()) {
      columns.add(
          new Relation.Column(
              column.qualifier(),
              column.name(),
              column.type(),
              keys.indexOf(column.index()),
              ofWindows ? column.role() : Relation.Role.VALUE));
    }
    return new Relation(
        nodes.unique(node),
        columns,
        Relation.NONE,
        null,
        ofWindows ? keys.size() : Relation.NONE,
        null);
  }

  /** The rows in their windows, each of which becomes a row. */
  static Relation assigned(Relation input, NodeTable nodes) {
    Relation.Windowing windowing = input.windowing();
    if (windowing == null) {
      return input;
    }
    if (windowing.spec() instanceof WindowSpec.Session) {
      throw new SqlException(
          windowing.position(),
          "the rows of a SESSION window must be aggregated: add GROUP BY window_start, window_end"
              + " and the columns of its PARTITION BY");
    }
    RowType below = input.node().rowType();
    RowBuilder row = new RowBuilder();
    below.fields().forEach(field -> row.add(field.name(), field.type()));
    DataType bound = SelectPlanner.windowBound();
    DataType time = DataType.of(below.type(windowing.timeColumn()).kind()).withNullable(false);
    row.add("window_start", bound).add("window_end", bound).add("window_time", time);
    PlanNode node =
        nodes.unique(
            new PlanNode.AssignWindows(
                input.node(), windowing.spec(), windowing.timeColumn(), row.rowType()));
    List<Relation.Column> columns = new ArrayList<>();
    for (Relation.Column column : input.columns()) {
      columns.add(
          switch (column.role()) {
            case WINDOW_START -> at(column, below.size(), column.role());
            case WINDOW_END -> at(column, below.size() + 1, column.role());
            case WINDOW_TIME -> at(column, below.size() + 2, Relation.Role.EVENT_TIME);
            // The window's time is the rows' time from here on.
            case EVENT_TIME -> at(column, column.index(), Relation.Role.VALUE);
            default -> column;
          });
    }
    return new Relation(node, columns, input.watermark(), null, below.size() + 2, null);
  }

  private static Relation.Column at(Relation.Column column, int index, Relation.Role role) {
    return new Relation.Column(column.qualifier(), column.name(), column.type(), index, role);
  }

  private static int hide(Relation input, int index, List<Expression> expressions, RowBuilder row) {
    DataType type = input.node().rowType().type(index);
    Expression column = new Expression.Column(index, type);
    int known = expressions.indexOf(column);
    if (known >= 0) {
      return known;
    }
    expressions.add(column);
    row.add(input.node().rowType().field(index).name(), type);
    return expressions.size() - 1;
  }

  /** All rows of all inputs, which have as many columns as each other. */
  static Relation union(List<Relation> inputs, Position at, NodeTable nodes) {
    List<DataType> types = new ArrayList<>();
    List<Relation.Column> first = inputs.getFirst().columns();
    for (int i = 0; i < first.size(); i++) {
      int index = i;
      DataType type = first.get(i).type();
      for (Relation input : inputs) {
        DataType other = input.columns().get(i).type();
        DataType before = type;
        type =
            TypeRules.common(type, other)
                .orElseThrow(
                    () ->
                        new SqlException(
                            at,
                            "column "
                                + (index + 1)
                                + " of this UNION ALL is "
                                + Operators.shown(before)
                                + " in one part and "
                                + Operators.shown(other)
                                + " in another; CAST one of them"));
      }
      types.add(type);
    }
    boolean watermarks = inputs.stream().allMatch(input -> input.watermark() != Relation.NONE);
    TreeSet<DataType.Kind> watermarkKinds = new TreeSet<>();
    for (Relation input : inputs) {
      if (watermarks) {
        watermarkKinds.add(input.node().rowType().type(input.watermark()).kind());
      }
    }
    boolean hidden = watermarkKinds.size() == 1;
    List<PlanNode> parts = new ArrayList<>();
    for (Relation input : inputs) {
      parts.add(unionPart(input, first, types, hidden, nodes));
    }
    PlanNode node = nodes.unique(new PlanNode.Union(parts, parts.getFirst().rowType()));
    List<Relation.Column> columns = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      int index = i;
      boolean time =
          inputs.stream()
              .allMatch(input -> input.columns().get(index).role() == Relation.Role.EVENT_TIME);
      columns.add(
          new Relation.Column(
              "",
              first.get(i).name(),
              types.get(i),
              i,
              time ? Relation.Role.EVENT_TIME : Relation.Role.VALUE));
    }
    return new Relation(node, columns, hidden ? first.size() : Relation.NONE, null);
  }

  private static PlanNode unionPart(
      Relation input,
      List<Relation.Column> names,
      List<DataType> types,
      boolean hidden,
      NodeTable nodes) {
    List<Expression> expressions = new ArrayList<>();
    RowBuilder row = new RowBuilder();
    for (int i = 0; i < names.size(); i++) {
      Relation.Column column = input.columns().get(i);
      expressions.add(
          Operators.as(new Expression.Column(column.index(), column.type()), types.get(i)));
      row.add(names.get(i).name(), types.get(i));
    }
    if (hidden) {
      DataType type = input.node().rowType().type(input.watermark());
      expressions.add(new Expression.Column(input.watermark(), type));
      row.add(HIDDEN, type);
    }
    return nodes.unique(new PlanNode.Project(input.node(), expressions, row.rowType()));
  }
}
