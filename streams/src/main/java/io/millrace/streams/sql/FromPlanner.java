package io.millrace.streams.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/** Plans what stands in FROM: tables, views, sub-queries, windows, joins, and their aliases. */
final class FromPlanner {

  private static final String SOURCES =
      "FROM takes a table, a view, a sub-query in parentheses, a window of one such as"
          + " TABLE(TUMBLE(…)), and joins of these";

  private final SelectPlanner planner;
  private final QueryPlanner catalog;
  private final Map<String, Relation> named;

  /**
   * One for a query.
   *
   * @param planner plans the queries and joins in it
   * @param catalog has the tables and views
   * @param named the queries that WITH has named, which hide tables and views of these names
   */
  FromPlanner(SelectPlanner planner, QueryPlanner catalog, Map<String, Relation> named) {
    this.planner = planner;
    this.catalog = catalog;
    this.named = named;
  }

  /** The rows of one item of FROM. */
  Relation plan(SqlNode node) {
    return switch (node.getKind()) {
      case IDENTIFIER -> table((SqlIdentifier) node);
      case TABLE_REF -> table(((SqlCall) node).operand(0));
      case AS -> aliased((SqlCall) node);
      case COLLECTION_TABLE -> new WindowTables(planner).plan(((SqlCall) node).operand(0));
      case SELECT, UNION, VALUES, WITH, ORDER_BY, INTERSECT, EXCEPT, EXPLICIT_TABLE ->
          planner.query(node);
      case JOIN -> new JoinPlanner(planner).plan((SqlJoin) node, new ArrayList<>());
      case SNAPSHOT ->
          throw planner.unsupported(node, "FOR SYSTEM_TIME AS OF stands on the right of a JOIN");
      default -> throw planner.unsupported(node, "this cannot be read from; " + SOURCES);
    };
  }

  private Relation table(SqlIdentifier name) {
    if (!name.isSimple()) {
      throw new SqlException(
          planner.at(name), "there is one catalog with one database; give the table's name alone");
    }
    Relation relation = named.get(name.getSimple());
    return relation != null ? relation : catalog.table(name.getSimple(), planner.at(name));
  }

  private Relation aliased(SqlCall as) {
    Relation relation = plan(as.operand(0));
    String alias = ((SqlIdentifier) as.operand(1)).getSimple();
    if (as.operandCount() > 2) {
      SqlNodeList columns =
          new SqlNodeList(
              as.getOperandList().subList(2, as.operandCount()), as.getParserPosition());
      relation = renamed(relation, columns);
    }
    return relation.as(alias);
  }

  /** The same with the names that are listed after its own. */
  Relation renamed(Relation relation, SqlNodeList identifiers) {
    if (identifiers.size() != relation.columns().size()) {
      throw new SqlException(
          planner.at(identifiers),
          "here are "
              + Messages.count(identifiers.size(), "name")
              + "; the query has "
              + Messages.count(relation.columns().size(), "column"));
    }
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (SqlNode identifier : identifiers) {
      String name = ((SqlIdentifier) identifier).getSimple();
      if (!seen.add(name)) {
        throw new SqlException(planner.at(identifier), "the name " + name + " is given twice");
      }
      names.add(name);
    }
    return Relations.renamed(relation, names);
  }
}
