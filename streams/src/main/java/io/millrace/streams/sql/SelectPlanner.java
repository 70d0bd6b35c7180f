package io.millrace.streams.sql;

import io.millrace.streams.plan.ChangelogMode;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNames;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.sql.Relations.Output;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private static final String SOURCES =
      "FROM takes a table, a view, a sub-query in parentheses, a window of one such as"
          + " TABLE(TUMBLE(…)), and joins of these";

  private final QueryPlanner planner;
  private final Position origin;

  /** The queries that WITH has named. */
  private final Map<String, Relation> named;

  SelectPlanner(QueryPlanner planner, Position origin, Map<String, Relation> named) {
    this.planner = planner;
    this.origin = origin;
    this.named = named;
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
        relation = Relations.renamed(relation, names(item.columnList, relation));
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
    SqlNode from = select.getFrom();
    List<SqlNode> conditions = new ArrayList<>(conjuncts(select.getWhere()));
    Relation input =
        from == null
            ? Relations.oneRow(nodes())
            : from instanceof SqlJoin join
                ? new JoinPlanner(this).plan(join, conditions)
                : from(from);
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
        : Relations.project(input, outputs(items, input), nodes());
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

  List<Output> outputs(SqlNodeList items, Relation input) {
    ExpressionResolver resolver = resolver(new Scope.Rows(input, "this SELECT"));
    List<Output> outputs = new ArrayList<>();
    for (SqlNode item : items) {
      if (item instanceof SqlIdentifier star && star.isStar()) {
        expand(star, input).forEach(column -> outputs.add(Output.of(column, column.name())));
        continue;
      }
      String name = name(item, outputs.size());
      SqlNode value = value(item);
      if (value instanceof SqlIdentifier identifier && !ExpressionResolver.isFunction(identifier)) {
        outputs.add(Output.of(Scope.Rows.find(input, identifier, at(value)), name));
      } else {
        outputs.add(Output.of(name, resolver.resolve(value), Relation.Role.VALUE));
      }
    }
    return outputs;
  }

  /** What {@code *} or {@code t.*} stands for. */
  List<Relation.Column> expand(SqlIdentifier star, Relation input) {
    if (star.names.size() == 1) {
      return input.columns();
    }
    String qualifier = star.names.getFirst();
    List<Relation.Column> columns =
        input.columns().stream().filter(column -> column.qualifier().equals(qualifier)).toList();
    if (columns.isEmpty() || star.names.size() > 2) {
      throw new SqlException(
          at(star),
          "there is no table or alias "
              + Messages.shorten(qualifier)
              + " in FROM"
              + Messages.instead(
                  qualifier,
                  input.columns().stream().map(Relation.Column::qualifier).distinct().toList()));
    }
    return columns;
  }

  /** The name of an item of SELECT: its alias, else its column's name, else one made up. */
  static String name(SqlNode item, int index) {
    if (item.getKind() == SqlKind.AS) {
      return ((SqlIdentifier) ((SqlCall) item).operand(1)).getSimple();
    }
    return item instanceof SqlIdentifier identifier ? identifier.names.getLast() : "EXPR$" + index;
  }

  /** An item of SELECT without its alias. */
  static SqlNode value(SqlNode item) {
    return item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
  }

  /** What stands in FROM. */
  Relation from(SqlNode node) {
    return switch (node.getKind()) {
      case IDENTIFIER -> table((SqlIdentifier) node);
      case TABLE_REF -> table(((SqlCall) node).operand(0));
      case AS -> aliased((SqlCall) node);
      case COLLECTION_TABLE -> new WindowTables(this).plan(((SqlCall) node).operand(0));
      case SELECT, UNION, VALUES, WITH, ORDER_BY, INTERSECT, EXCEPT, EXPLICIT_TABLE -> query(node);
      case JOIN -> new JoinPlanner(this).plan((SqlJoin) node, new ArrayList<>());
      case SNAPSHOT ->
          throw unsupported(node, "FOR SYSTEM_TIME AS OF stands on the right of a JOIN");
      default -> throw unsupported(node, "this cannot be read from; " + SOURCES);
    };
  }

  private Relation table(SqlIdentifier name) {
    if (!name.isSimple()) {
      throw new SqlException(
          at(name), "there is one catalog with one database; give the table's name alone");
    }
    Relation relation = named.get(name.getSimple());
    return relation != null ? relation : planner.table(name.getSimple(), at(name));
  }

  private Relation aliased(SqlCall as) {
    Relation relation = from(as.operand(0));
    String alias = ((SqlIdentifier) as.operand(1)).getSimple();
    if (as.operandCount() > 2) {
      SqlNodeList columns =
          new SqlNodeList(
              as.getOperandList().subList(2, as.operandCount()), as.getParserPosition());
      relation = Relations.renamed(relation, names(columns, relation));
    }
    return relation.as(alias);
  }

  private List<String> names(SqlNodeList identifiers, Relation relation) {
    if (identifiers.size() != relation.columns().size()) {
      throw new SqlException(
          at(identifiers),
          "here are "
              + Messages.count(identifiers.size(), "name")
              + "; the query has "
              + Messages.count(relation.columns().size(), "column")
              + "");
    }
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (SqlNode identifier : identifiers) {
      String name = ((SqlIdentifier) identifier).getSimple();
      if (!seen.add(name)) {
        throw new SqlException(at(identifier), "the name " + name + " is given twice");
      }
      names.add(name);
    }
    return names;
  }

  SqlException unsupported(SqlNode node, String problem) {
    return new SqlException(at(node), problem);
  }

  /** The type of a window's start and end. */
  static DataType windowBound() {
    return DataType.of(DataType.Kind.TIMESTAMP).withNullable(false);
  }
}
