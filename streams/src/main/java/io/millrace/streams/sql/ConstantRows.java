package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import java.util.ArrayList;
import java.util.List;

/** Plans VALUES. */
final class ConstantRows {

  private ConstantRows() {}

  /**
   * The rows, with each column of the type that its values have in common.
   *
   * @param rows at least one, each with as many expressions over no column
   */
  static Relation plan(List<List<Expression>> rows, Position at, NodeTable nodes) {
    List<List<Expression>> columns = new ArrayList<>();
    for (int i = 0; i < rows.getFirst().size(); i++) {
      int index = i;
      columns.add(Operators.sameType(rows.stream().map(row -> row.get(index)).toList(), "put", at));
    }
    RowBuilder row = new RowBuilder();
    List<Relation.Column> named = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      boolean nullable = columns.get(i).stream().anyMatch(value -> value.type().nullable());
      DataType type = columns.get(i).getFirst().type().withNullable(nullable);
      row.add("EXPR$" + i, type);
      named.add(new Relation.Column("", "EXPR$" + i, type, i, Relation.Role.VALUE));
    }
    PlanNode node = node(rows.size(), columns, row.rowType(), nodes);
    return new Relation(node, named, Relation.NONE, null);
  }

  private static PlanNode node(
      int rows, List<List<Expression>> columns, RowType rowType, NodeTable nodes) {
    List<List<Literal>> constants = new ArrayList<>();
    List<PlanNode> computed = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      int row = r;
      List<Expression> values = columns.stream().map(column -> column.get(row)).toList();
      if (values.stream().allMatch(Literal.class::isInstance)) {
        constants.add(values.stream().map(Literal.class::cast).toList());
      } else {
        computed.add(
            nodes.unique(new PlanNode.Project(Relations.oneRow(nodes).node(), values, rowType)));
      }
    }
    List<PlanNode> parts = new ArrayList<>();
    if (!constants.isEmpty()) {
      parts.add(nodes.unique(new PlanNode.Values(constants, rowType)));
    }
    parts.addAll(computed);
    return parts.size() == 1 ? parts.getFirst() : nodes.unique(new PlanNode.Union(parts, rowType));
  }
}
