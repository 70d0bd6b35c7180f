package io.millrace.streams.sql;

import io.millrace.streams.plan.ChangelogMode;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNames;
import io.millrace.streams.plan.PlanNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.jspecify.annotations.Nullable;

/** Plans one query text: SELECT, VALUES, UNION, WITH and what they are made of. */
final class SelectPlanner {

  private final QueryPlanner planner;
  private final Position origin;

  /** The queries that WITH has named. */
  private final Map<String, Relation> named;

  private final FromPlanner from;

  SelectPlanner(QueryPlanner planner, Position origin, Map<String, Relation> named) {
    this.planner = planner;
    this.origin = origin;
    this.named = named;
    from = new FromPlanner(this, planner, named);
  }

  NodeTable nodes() {
    return planner.nodes();
  }

  Position at(SqlNode node) {
    return origin.plus(node);
  }

  ExpressionResolver resolver(Scope scope) {
    return new ExpressionResolver(origin, scope);
  }

  /** The relation with all its columns in its node: rows in their windows, numbers chosen. */
  Relation complete(Relation relation) {
    Relation.Ranking ranking = relation.ranking();
    if (ranking != null) {
      throw RankPlanner.notChosen(ranking.position());
    }
    return Relations.assigned(relation, nodes());
  }

  /** Refuses rows that are updated and deleted. */
  void requireAppend(PlanNode input, String what, Position at) {
    PlanNode changing = ChangelogMode.source(input);
    if (changing != null) {
      throw new SqlException(
          at,
          what
              + " over rows that are only added, but those of the step '"
              + PlanNames.step(changing)
              + "' are updated and deleted");
    }
  }

  Relation query(SqlNode node) {
    return switch (node.getKind()) {
      case SELECT -> select((SqlSelect) node);
      case UNION -> union((SqlCall) node);
      case VALUES -> values((SqlCall) node);
      case WITH -> with((SqlWith) node);
      case EXPLICIT_TABLE -> from(((SqlCall) node).operand(0));
      case ORDER_BY -> throw orderBy((SqlOrderBy) node);
      case INTERSECT, EXCEPT ->
          throw unsupported(node, node.getKind() + " is not supported; UNION ALL is");
      default -> throw unsupported(node, "this is not supported; a query is SELECT … or VALUES …");
    };
  }

  private SqlException orderBy(SqlOrderBy node) {
    if (!node.orderList.isEmpty()) {
      return unsupported(
          node.orderList, "ORDER BY is not supported; a stream has no end after which to sort");
    }
    SqlNode limit = node.fetch != null ? node.fetch : node.offset;
    return unsupported(
        limit == null ? node : limit, "LIMIT, FETCH and OFFSET are not supported in a stream");
  }

  private Relation with(SqlWith node) {
    Map<String, Relation> all = new HashMap<>(named);
    for (SqlNode each : node.withList) {
      SqlWithItem item = (SqlWithItem) each;
      if (item.recursive.booleanValue()) {
        throw unsupported(item, "WITH RECURSIVE is not supported");
      }
      SelectPlanner inner = new SelectPlanner(planner, origin, all);
      Relation relation = inner.query(item.query);
      String name = item.name.getSimple();
      if (item.columnList != null) {
        relation = from.renamed(relation, item.columnList);
      }
      all = new HashMap<>(all);
      all.put(name, relation.as(name));
    }
    return new SelectPlanner(planner, origin, all).query(node.body);
  }

  private Relation union(SqlCall node) {
    if (!node.getOperator().getName().equals("UNION ALL")) {
      return Relations.distinct(
          unionAll(List.of(node.operand(0), node.operand(1)), at(node)), nodes());
    }
    // A chain of UNION ALL nests on the left: walked, not recursed into, it may be long.
    SqlNode left = node;
    List<SqlNode> parts = new ArrayList<>();
    while (left instanceof SqlCall call
        && call.getKind() == SqlKind.UNION
        && call.getOperator().getName().equals("UNION ALL")) {
      parts.addFirst(call.operand(1));
      left = call.operand(0);
    }
    parts.addFirst(left);
    return unionAll(parts, at(node));
  }

  private Relation unionAll(List<SqlNode> parts, Position at) {
    List<Relation> inputs = new ArrayList<>();
    for (SqlNode part : parts) {
      inputs.add(complete(query(part)));
    }
    int columns = inputs.getFirst().columns().size();
    for (int i = 1; i < inputs.size(); i++) {
      if (inputs.get(i).columns().size() != columns) {
        throw new SqlException(
            at(parts.get(i)),
            "this part of UNION ALL has "
                + Messages.count(inputs.get(i).columns().size(), "column")
                + "; the first has "
                + columns);
      }
    }
    return Relations.union(inputs, at, nodes());
  }

  private Relation values(SqlCall node) {
    ExpressionResolver resolver = resolver(new Scope.Constants("VALUES"));
    List<List<Expression>> rows = new ArrayList<>();
    for (SqlNode row : node.getOperandList()) {
      List<Expression> values = new ArrayList<>();
      for (SqlNode value : ((SqlCall) row).getOperandList()) {
        values.add(resolver.resolve(value));
      }
      if (!rows.isEmpty() && rows.getFirst().size() != values.size()) {
        throw new SqlException(
            at(row),
            "this row has "
                + Messages.count(values.size(), "value")
                + "; the first has "
                + rows.getFirst().size());
      }
      rows.add(values);
    }
    return ConstantRows.plan(rows, at(node), nodes());
  }

  private Relation select(SqlSelect select) {
    refuseUnsupported(select);
    List<SqlNode> conditions = new ArrayList<>(conjuncts(select.getWhere()));
    Relation input =
        switch (select.getFrom()) {
          case null -> Relations.oneRow(nodes());
          case SqlJoin join -> new JoinPlanner(this).plan(join, conditions);
          case SqlNode source -> from(source);
        };
    if (input.ranking() != null) {
      input = new RankPlanner(this).ranked(input, conditions);
    }
    input = where(input, select, conditions);
    Relation result = items(select, input);
    return select.isDistinct() ? Relations.distinct(complete(result), nodes()) : result;
  }

  private Relation items(SqlSelect select, Relation input) {
    SqlNodeList items = select.getSelectList();
    boolean aggregates =
        select.getGroup() != null
            || select.getHaving() != null
            || AggregatePlanner.containsAggregate(items);
    if (OverPlanner.containsOver(items)) {
      if (aggregates) {
        throw unsupported(
            select,
            "OVER cannot stand beside GROUP BY and aggregates; put these in a sub-query in FROM");
      }
      return new OverPlanner(this, select, complete(input)).plan();
    }
    return aggregates
        ? new AggregatePlanner(this, select, input).plan()
        : Relations.project(input, new SelectList(this, input).outputs(items), nodes());
  }

  /** The parts of a condition that AND puts together. */
  static List<SqlNode> conjuncts(@Nullable SqlNode condition) {
    List<SqlNode> parts = new ArrayList<>();
    SqlNode left = condition;
    // AND nests on the left: walked, not recursed into, it may be long.
    while (left instanceof SqlCall call && call.getKind() == SqlKind.AND) {
      for (int i = call.operandCount() - 1; i > 0; i--) {
        parts.addAll(0, conjuncts(call.operand(i)));
      }
      left = call.operand(0);
    }
    if (left != null) {
      parts.addFirst(left);
    }
    return parts;
  }

  /** The rows for which what is left of WHERE is TRUE. */
  private Relation where(Relation rows, SqlSelect select, List<SqlNode> conditions) {
    SqlNode where = select.getWhere();
    if (where == null || conditions.isEmpty()) {
      return rows;
    }
    Relation input =
        conditions.stream().anyMatch(each -> namesWindow(each, rows)) ? complete(rows) : rows;
    ExpressionResolver resolver = resolver(new Scope.Rows(input, "WHERE"));
    if (conditions.size() == conjuncts(where).size()) {
      return filtered(input, resolver.resolve(where), "WHERE", at(where));
    }
    Relation filtered = input;
    for (SqlNode condition : conditions) {
      filtered = filtered(filtered, resolver.resolve(condition), "WHERE", at(condition));
    }
    return filtered;
  }

  private static boolean namesWindow(SqlNode node, Relation rows) {
    if (node instanceof SqlIdentifier name) {
      String simple = name.names.getLast();
      return rows.columns().stream()
          .anyMatch(column -> column.isOfWindow() && column.name().equals(simple));
    }
    if (node instanceof SqlNodeList list) {
      return list.stream().anyMatch(each -> each != null && namesWindow(each, rows));
    }
    return node instanceof SqlCall call
        && call.getOperandList().stream().anyMatch(each -> each != null && namesWindow(each, rows));
  }

  Relation filtered(Relation input, Expression condition, String clause, Position at) {
    Expression checked = Operators.condition(condition, clause, at);
    if (checked instanceof Expression.Literal literal && Boolean.TRUE.equals(literal.value())) {
      return input;
    }
    return input.withNode(nodes().unique(new PlanNode.Filter(input.node(), checked)));
  }

  private void refuseUnsupported(SqlSelect select) {
    refuse(select.getOrderList(), "ORDER BY is not supported in a stream");
    refuse(select.getQualify(), "QUALIFY is not supported");
    refuse(select.getOffset(), "OFFSET is not supported in a stream");
    refuse(select.getFetch(), "LIMIT and FETCH are not supported in a stream");
  }

  private void refuse(@Nullable SqlNode node, String problem) {
    if (node != null && !(node instanceof SqlNodeList list && list.isEmpty())) {
      throw unsupported(node, problem);
    }
  }

  /** What stands in FROM. */
  Relation from(SqlNode node) {
    return from.plan(node);
  }

  SqlException unsupported(SqlNode node, String problem) {
    return new SqlException(at(node), problem);
  }

  /** The type of a window's start and end. */
  static DataType windowBound() {
    return DataType.of(DataType.Kind.TIMESTAMP).withNullable(false);
  }
}
