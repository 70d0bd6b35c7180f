package io.millrace.streams.sql;

import io.millrace.streams.plan.Connector;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Plans the queries of one job. Tables and views that several of them read are planned once. */
final class QueryPlanner {

  private final Catalog catalog;
  private final NodeTable nodes;
  private final Duration idleTimeout;
  private final Map<String, Relation> planned = new HashMap<>();

  /**
   * @param job where the job's statement begins
   * @param idleTimeout for tables that set none of their own
   */
  QueryPlanner(Catalog catalog, Position job, Duration idleTimeout) {
    this.catalog = catalog;
    this.nodes = new NodeTable(job);
    this.idleTimeout = idleTimeout;
  }

  NodeTable nodes() {
    return nodes;
  }

  /** The rows of a query, with its columns in order. */
  Relation plan(Parsed query) {
    SelectPlanner planner = new SelectPlanner(this, query.origin(), Map.of());
    return planner.complete(planner.query(query.node()));
  }

  /** The rows of a view's query, whose numbers the query around it may choose. */
  Relation planView(Parsed query) {
    SelectPlanner planner = new SelectPlanner(this, query.origin(), Map.of());
    Relation relation = planner.query(query.node());
    return relation.ranking() == null ? planner.complete(relation) : relation;
  }

  /** The rows of a table or view. */
  Relation table(String name, Position at) {
    Relation known = planned.get(name);
    if (known == null) {
      known =
          switch (catalog.find(name)) {
            case Catalog.Table table -> scan(table, at);
            case Catalog.View view -> expand(view, at);
            case null ->
                throw new SqlException(
                    at,
                    "there is no table or view "
                        + Messages.shorten(name)
                        + Messages.instead(name, catalog.names()));
          };
      planned.put(name, known);
    }
    return known;
  }

  private Relation scan(Catalog.Table table, Position at) {
    if (Connector.topic(table.connector()) == null
        && !(table.connector() instanceof Connector.Generator)) {
      throw new SqlException(
          at,
          "the table "
              + table.name()
              + " cannot be read; the connector '"
              + table.connector().name()
              + "' only takes rows");
    }
    return TableScans.read(table, nodes, idleTimeout);
  }

  private Relation expand(Catalog.View view, Position at) {
    Relation relation;
    try {
      relation = planView(view.query());
    } catch (SqlException e) {
      throw new SqlException(
          at, "the view " + view.name() + " cannot be used any more: " + e.problem());
    }
    List<String> names = view.columns();
    if (names.size() != relation.columns().size()) {
      throw new SqlException(
          at,
          "the view "
              + view.name()
              + " cannot be used any more: it has "
              + Messages.count(names.size(), "column")
              + ", its query now "
              + relation.columns().size());
    }
    return Relations.renamed(relation, names).as(view.name());
  }
}
