package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
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
          column.isOfWindow()
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
      windowing = new Relation.Windowing(windowing.spec(), time, windowing.position());
    }
    PlanNode node = nodes.unique(new PlanNode.Project(input.node(), expressions, row.rowType()));
    return new Relation(node, columns, watermark, windowing);
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
