package io.millrace.streams.sql;

import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.Expression;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.plan.ScanColumn.Metadata;
import io.millrace.streams.sql.Statement.ColumnClause;
import io.millrace.streams.sql.Statement.WatermarkClause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Checks CREATE TABLE and makes the catalog's table of it. */
final class TableAnalyzer {

  private final Statement.CreateTable statement;

  private TableAnalyzer(Statement.CreateTable statement) {
    this.statement = statement;
  }

  /**
   * @throws SqlException when a column, the watermark, the key or an option cannot be
   */
  static Catalog.Table analyze(Statement.CreateTable statement) {
    return new TableAnalyzer(statement).table();
  }

  private Catalog.Table table() {
    checkNames();
    List<Catalog.Column> sources = new ArrayList<>();
    for (ColumnClause clause : statement.columns()) {
      switch (clause) {
        case ColumnClause.Physical column ->
            sources.add(new Catalog.Column.Physical(column.name().text(), column.type()));
        case ColumnClause.Metadata column -> sources.add(fact(column));
        case ColumnClause.Computed column -> {}
      }
    }
    List<Catalog.Column> columns = withComputed(sources);
    checkPrimaryKey(sources);
    ConnectorOptions.Parsed options =
        ConnectorOptions.parse(
            statement.name(), sources, statement.primaryKey(), statement.options());
    if (Connector.topic(options.connector()) == null) {
      refuseFacts(options.connector());
    }
    Optional<Catalog.Watermark> watermark =
        statement.watermark().map(clause -> watermark(clause, columns, options.idleTimeout()));
    return new Catalog.Table(
        statement.name().text(),
        columns,
        watermark,
        statement.primaryKey().stream().map(Name::text).toList(),
        options.connector(),
        statement.text());
  }

  private void checkNames() {
    Set<String> names = new HashSet<>();
    for (ColumnClause column : statement.columns()) {
      if (!names.add(column.name().text())) {
        throw new SqlException(
            column.name().position(), "the column " + column.name().text() + " is given twice");
      }
    }
  }

  private static Catalog.Column.Fact fact(ColumnClause.Metadata column) {
    for (Metadata.Key key : Metadata.Key.values()) {
      if (key.sqlName().equals(column.key().text())) {
        if (!TypeRules.canCast(key.type(), column.type())) {
          throw new SqlException(
              column.name().position(),
              "the fact '"
                  + key.sqlName()
                  + "' is "
                  + key.type().sql()
                  + ", which cannot be cast to "
                  + column.type().sql());
        }
        return new Catalog.Column.Fact(column.name().text(), column.type(), key, column.virtual());
      }
    }
    List<String> known = Stream.of(Metadata.Key.values()).map(Metadata.Key::sqlName).toList();
    throw new SqlException(
        column.key().position(),
        "a record has no fact '"
            + Messages.shorten(column.key().text())
            + "'; METADATA FROM takes "
            + Messages.oneOf(known.stream().map(name -> "'" + name + "'").toList()));
  }

  /** All columns in order; computed ones may use fields and facts, not one another. */
  private List<Catalog.Column> withComputed(List<Catalog.Column> sources) {
    Scope scope = new Scope.Rows(relation(sources), "a computed column");
    List<Catalog.Column> columns = new ArrayList<>();
    int source = 0;
    for (ColumnClause clause : statement.columns()) {
      if (clause instanceof ColumnClause.Computed computed) {
        Parsed parsed = computed.expression();
        Expression value = new ExpressionResolver(parsed.origin(), scope).resolve(parsed.node());
        if (value.type().kind() == DataType.Kind.NULL) {
          throw new SqlException(
              parsed.origin(), "a computed column needs a type; write CAST(NULL AS …)");
        }
        columns.add(
            new Catalog.Column.Computed(
                computed.name().text(), value.type(), value, parsed.text()));
      } else {
        columns.add(sources.get(source++));
      }
    }
    return columns;
  }

  private static Relation relation(List<? extends Catalog.Column> columns) {
    List<Relation.Column> named = new ArrayList<>();
    for (Catalog.Column column : columns) {
      named.add(
          new Relation.Column("", column.name(), column.type(), named.size(), Relation.Role.VALUE));
    }
    return new Relation(
        new PlanNode.Values(List.of(), new RowType(List.of())), named, Relation.NONE, null);
  }

  private void checkPrimaryKey(List<Catalog.Column> sources) {
    List<String> names = sources.stream().map(Catalog.Column::name).toList();
    Set<String> seen = new HashSet<>();
    for (Name name : statement.primaryKey()) {
      if (!names.contains(name.text())) {
        throw new SqlException(
            name.position(),
            "PRIMARY KEY names "
                + Messages.shorten(name.text())
                + ", which is no field of the record"
                + Messages.instead(name.text(), names));
      }
      if (!seen.add(name.text())) {
        throw new SqlException(name.position(), "PRIMARY KEY names " + name.text() + " twice");
      }
    }
  }

  private void refuseFacts(Connector connector) {
    for (ColumnClause column : statement.columns()) {
      if (column instanceof ColumnClause.Metadata) {
        throw new SqlException(
            column.name().position(),
            "the connector '" + connector.name() + "' has no METADATA; 'kafka' has");
      }
    }
  }

  private static Catalog.Watermark watermark(
      WatermarkClause clause, List<Catalog.Column> columns, Duration idleTimeout) {
    List<String> names = columns.stream().map(Catalog.Column::name).toList();
    int index = names.indexOf(clause.column().text());
    if (index < 0) {
      throw new SqlException(
          clause.column().position(),
          "there is no column "
              + Messages.shorten(clause.column().text())
              + " here"
              + Messages.instead(clause.column().text(), names));
    }
    DataType time = columns.get(index).type();
    if (!time.isTimestamp()) {
      throw new SqlException(
          clause.column().position(),
          "the time column must be TIMESTAMP(3) or TIMESTAMP_LTZ(3); "
              + clause.column().text()
              + " is "
              + time.sql());
    }
    Parsed parsed = clause.expression();
    Scope scope = new Scope.Rows(relation(columns), "WATERMARK FOR");
    Expression value = new ExpressionResolver(parsed.origin(), scope).resolve(parsed.node());
    if (value.type().kind() != time.kind()) {
      throw new SqlException(
          parsed.origin(),
          "the watermark must be of the time column's type, "
              + time.sql()
              + "; it is "
              + Operators.shown(value.type()));
    }
    return new Catalog.Watermark(index, value, parsed.text(), idleTimeout);
  }
}
