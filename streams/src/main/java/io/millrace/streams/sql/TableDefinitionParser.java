package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.sql.Statement.ColumnClause;
import io.millrace.streams.sql.Statement.OptionClause;
import io.millrace.streams.sql.Statement.WatermarkClause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what follows the name in CREATE TABLE: columns, watermark, primary key and options. */
final class TableDefinitionParser {

  private final String script;
  private final TokenReader tokens;
  private final List<ColumnClause> columns = new ArrayList<>();
  private Optional<WatermarkClause> watermark = Optional.empty();
  private final List<Name> primaryKey = new ArrayList<>();

  TableDefinitionParser(String script, TokenReader tokens) {
    this.script = script;
    this.tokens = tokens;
  }

  Statement.CreateTable parse(Position at, int start, Name name, boolean ifNotExists) {
    if (tokens.at("AS") || tokens.at("LIKE")) {
      throw new SqlException(
          tokens.peek().position(),
          "CREATE TABLE " + tokens.peek().text() + " is not supported; list the columns");
    }
    tokens.expect("(");
    do {
      element();
    } while (tokens.accept(","));
    if (!tokens.accept(")")) {
      throw tokens.unexpected("',' or ')'");
    }
    if (tokens.accept("COMMENT")) {
      tokens.expectText("a comment");
    }
    if (tokens.at("PARTITIONED") || tokens.at("DISTRIBUTED")) {
      throw new SqlException(
          tokens.peek().position(),
          tokens.peek().text() + " BY is not supported; a topic is partitioned by its key");
    }
    List<OptionClause> options = options();
    String text = script.substring(start, tokens.peek().start()).strip();
    return new Statement.CreateTable(
        at,
        name,
        ifNotExists,
        List.copyOf(columns),
        watermark,
        List.copyOf(primaryKey),
        options,
        text);
  }

  private void element() {
    if (tokens.at("WATERMARK", "FOR")) {
      watermark();
    } else if (tokens.at("CONSTRAINT")) {
      tokens.next();
      tokens.expectName("the name of the constraint");
      tokens.expect("PRIMARY");
      primaryKey();
    } else if (tokens.at("PRIMARY", "KEY")) {
      tokens.next();
      primaryKey();
    } else {
      column();
    }
  }

  private void watermark() {
    Position at = tokens.next().position();
    tokens.next();
    if (watermark.isPresent()) {
      throw new SqlException(at, "a table can have one watermark; this is the second");
    }
    Name column = tokens.expectName("the time column");
    if (tokens.at(".")) {
      throw new SqlException(tokens.peek().position(), "the time column must be a top column");
    }
    tokens.expect("AS");
    watermark = Optional.of(new WatermarkClause(column, expression()));
  }

  private void primaryKey() {
    Position at = tokens.expect("KEY").position();
    keyColumns(at);
    notEnforced();
  }

  private void keyColumns(Position at) {
    tokens.expect("(");
    List<Name> names = new ArrayList<>();
    do {
      names.add(tokens.expectName("the name of a column"));
    } while (tokens.accept(","));
    tokens.expect(")");
    addKey(at, names);
  }

  private void addKey(Position at, List<Name> names) {
    if (!primaryKey.isEmpty()) {
      throw new SqlException(at, "a table can have one primary key; this is the second");
    }
    primaryKey.addAll(names);
  }

  private void notEnforced() {
    if (!tokens.accept("NOT", "ENFORCED")) {
      throw tokens.unexpected(
          "NOT ENFORCED, since a stream cannot check that a key occurs only once");
    }
  }

  private void column() {
    Name name = tokens.expectName("a column, WATERMARK FOR or PRIMARY KEY");
    if (tokens.accept("AS")) {
      columns.add(new ColumnClause.Computed(name, expression()));
      comment();
      return;
    }
    DataType type = TypeParser.parse(tokens);
    if (tokens.accept("METADATA")) {
      Name key = name;
      if (tokens.accept("FROM")) {
        Token text = tokens.expectText("the name of the fact");
        key = new Name(text.text(), text.position());
      }
      boolean virtual = tokens.accept("VIRTUAL");
      columns.add(new ColumnClause.Metadata(name, type, key, virtual));
      comment();
      return;
    }
    if (tokens.at("PRIMARY", "KEY")) {
      tokens.next();
      addKey(tokens.next().position(), List.of(name));
      notEnforced();
    }
    columns.add(new ColumnClause.Physical(name, type));
    comment();
    if (!tokens.at(",") && !tokens.at(")")) {
      throw tokens.unexpected("',', ')', NOT NULL, METADATA, PRIMARY KEY or COMMENT");
    }
  }

  private void comment() {
    if (tokens.accept("COMMENT")) {
      tokens.expectText("a comment");
    }
  }

  private Parsed expression() {
    return QueryParser.expression(
        tokens.fragmentUntil(
            (token, following) ->
                token.is(",")
                    || token.is(")")
                    || (token.is("COMMENT")
                        && following != null
                        && following.kind() == Token.Kind.TEXT)));
  }

  private List<OptionClause> options() {
    if (!tokens.at("WITH")) {
      throw tokens.unexpected("WITH ('connector' = '…', …)");
    }
    tokens.next();
    tokens.expect("(");
    List<OptionClause> options = new ArrayList<>();
    do {
      Token key = tokens.expectText("the name of an option");
      tokens.expect("=");
      Token value = tokens.expectText("the value of '" + Messages.shorten(key.text()) + "'");
      options.add(
          new OptionClause(
              new Name(key.text(), key.position()), new Name(value.text(), value.position())));
    } while (tokens.accept(","));
    if (!tokens.accept(")")) {
      throw tokens.unexpected("',' or ')'");
    }
    return List.copyOf(options);
  }
}
