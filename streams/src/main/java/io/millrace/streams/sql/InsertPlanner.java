package io.millrace.streams.sql;

import io.millrace.streams.plan.ChangelogMode;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.Expression.Literal;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.Insert.MetadataColumn;
import io.millrace.streams.plan.PlanNames;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.ScanColumn.Metadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Plans INSERT INTO: fits the columns of a query to those of a table. */
final class InsertPlanner {

  private static final int NULL = -1;

  private final Catalog catalog;
  private final QueryPlanner planner;

  InsertPlanner(Catalog catalog, QueryPlanner planner) {
    this.catalog = catalog;
    this.planner = planner;
  }

  /** A query whose rows go to whoever started the job. */
  Insert toCaller(Parsed query) {
    Relation relation = planner.plan(query);
    List<Relations.Output> outputs = new ArrayList<>();
    RowBuilder row = new RowBuilder();
    for (Relation.Column column : relation.columns()) {
      outputs.add(Relations.Output.of(column, column.name()));
      row.add(column.name(), column.type());
    }
    Relation result = Relations.project(relation, outputs, planner.nodes());
    return new Insert("select", new Connector.Caller(), result.node(), List.of(), row.rowType());
  }

  /** A query's rows with a column {@code op} before the others when they change. */
  static Insert signed(Insert insert) {
    if (!(insert.connector() instanceof Connector.Caller)
        || ChangelogMode.of(insert.input()) == ChangelogMode.APPEND) {
      return insert;
    }
    RowBuilder row = new RowBuilder();
    row.add("op", DataType.of(Kind.STRING).withNullable(false));
    insert.rowType().fields().forEach(field -> row.add(field.name(), field.type()));
    return new Insert(
        insert.table(), insert.connector(), insert.input(), insert.metadata(), row.rowType());
  }

  Insert plan(Statement.InsertInto statement) {
    Catalog.Table table = target(statement.table());
    List<Catalog.Column> columns = table.writableColumns();
    Relation query = planner.plan(statement.query());
    int[] sources = sources(statement, table, columns, query);
    List<Relations.Output> outputs = new ArrayList<>();
    List<MetadataColumn> facts = new ArrayList<>();
    RowBuilder row = new RowBuilder();
    for (int i = 0; i < columns.size(); i++) {
      Catalog.Column column = columns.get(i);
      DataType type = column.type();
      if (column instanceof Catalog.Column.Fact fact) {
        checkWritable(fact, statement.table());
        facts.add(new MetadataColumn(i, fact.key()));
        type = DataType.of(Kind.TIMESTAMP_LTZ).withNullable(type.nullable());
      }
      Expression value =
          sources[i] == NULL
              ? new Literal(null, type.withNullable(true))
              : value(query.columns().get(sources[i]), column.type(), table, column, statement);
      if (column instanceof Catalog.Column.Fact) {
        value = Operators.as(value, type);
      }
      outputs.add(Relations.Output.of(column.name(), value, Relation.Role.VALUE));
      row.add(column.name(), type);
    }
    Relation result = Relations.project(query, outputs, planner.nodes());
    PlanNode input = changes(statement, table, result.node(), row.rowType());
    return new Insert(table.name(), table.connector(), input, facts, row.rowType());
  }

  /** The rows as the table's connector can take them. */
  private PlanNode changes(
      Statement.InsertInto statement, Catalog.Table table, PlanNode rows, RowType row) {
    PlanNode changing = ChangelogMode.source(rows);
    if (changing == null) {
      return rows;
    }
    if (table.connector() instanceof Connector.Kafka) {
      throw new SqlException(
          statement.table().position(),
          "the table "
              + table.name()
              + " only takes new rows, but those of the step '"
              + PlanNames.step(changing)
              + "' are updated and deleted; the connector 'upsert-kafka' with a PRIMARY KEY takes"
              + " them");
    }
    if (!(table.connector() instanceof Connector.UpsertKafka)) {
      return rows;
    }
    List<Integer> key = table.primaryKey().stream().map(row::indexOf).toList();
    // Rows of which several may have one key are put in order, so that the last one stays.
    return UniqueKey.of(rows).filter(known -> known.equals(Set.copyOf(key))).isPresent()
        ? rows
        : planner.nodes().unique(new PlanNode.Normalize(rows, key, true));
  }

  private Catalog.Table target(Name name) {
    return switch (catalog.find(name.text())) {
      case Catalog.Table table -> table;
      case Catalog.View view ->
          throw new SqlException(
              name.position(), view.name() + " is a view; INSERT INTO takes a table");
      case null ->
          throw new SqlException(
              name.position(),
              "there is no table "
                  + Messages.shorten(name.text())
                  + Messages.instead(
                      name.text(), catalog.tables().stream().map(Catalog.Table::name).toList()));
    };
  }

  private static void checkWritable(Catalog.Column.Fact fact, Name table) {
    if (fact.key() != Metadata.Key.TIMESTAMP) {
      throw new SqlException(
          table.position(),
          "the column "
              + fact.name()
              + " of "
              + table.text()
              + " is the fact '"
              + fact.key().sqlName()
              + "', which cannot be written; declare it METADATA VIRTUAL");
    }
  }

  /** For each column of the table that is written, the query's column that it gets, or NULL. */
  private static int[] sources(
      Statement.InsertInto statement,
      Catalog.Table table,
      List<Catalog.Column> columns,
      Relation query) {
    List<String> names = columns.stream().map(Catalog.Column::name).toList();
    List<String> given =
        statement.columns().isEmpty()
            ? names
            : statement.columns().stream().map(Name::text).toList();
    Set<String> seen = new HashSet<>();
    for (Name name : statement.columns()) {
      if (!names.contains(name.text())) {
        boolean exists =
            table.columns().stream().anyMatch(column -> column.name().equals(name.text()));
        throw new SqlException(
            name.position(),
            exists
                ? "the column " + name.text() + " of " + table.name() + " cannot be written"
                : "the table "
                    + table.name()
                    + " has no column "
                    + Messages.shorten(name.text())
                    + Messages.instead(name.text(), names));
      }
      if (!seen.add(name.text())) {
        throw new SqlException(name.position(), "the column " + name.text() + " is given twice");
      }
    }
    if (given.size() != query.columns().size()) {
      throw new SqlException(
          statement.query().origin(),
          "the query has "
              + Messages.count(query.columns().size(), "column")
              + ", but "
              + table.name()
              + " takes "
              + given.size()
              + ": "
              + String.join(", ", given));
    }
    int[] sources = new int[columns.size()];
    Arrays.fill(sources, NULL);
    for (int i = 0; i < given.size(); i++) {
      sources[names.indexOf(given.get(i))] = i;
    }
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] == NULL && !columns.get(i).type().nullable()) {
        throw new SqlException(
            statement.table().position(),
            "the column "
                + names.get(i)
                + " of "
                + table.name()
                + " is NOT NULL; INSERT INTO must give it a value");
      }
    }
    return sources;
  }

  private static Expression value(
      Relation.Column source,
      DataType type,
      Catalog.Table table,
      Catalog.Column column,
      Statement.InsertInto statement) {
    if (!TypeRules.canAssign(source.type(), type)) {
      throw new SqlException(
          statement.query().origin(),
          "the query's column "
              + source.name()
              + " is "
              + Operators.shown(source.type())
              + ", but the column "
              + column.name()
              + " of "
              + table.name()
              + " is "
              + type.sql()
              + "; write CAST("
              + source.name()
              + " AS "
              + type.sql()
              + ")");
    }
    Expression value = new Expression.Column(source.index(), source.type());
    // As in Flink, texts longer than the column's length are written as they are.
    boolean sized = type.kind() == Kind.STRING || type.kind() == Kind.BYTES;
    return sized && source.type().kind() == type.kind() ? value : Operators.as(value, type);
  }
}
