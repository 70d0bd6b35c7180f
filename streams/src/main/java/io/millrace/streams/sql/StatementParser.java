package io.millrace.streams.sql;

import io.millrace.streams.sql.TokenReader.Fragment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the statements of a script. The frame of each statement is read here, by recursive descent;
 * what is inside, a query or an expression, is cut out and parsed by Calcite, which knows where in
 * the script it stands.
 */
final class StatementParser {

  /** The most statements that a script may have. */
  static final int MAX_STATEMENTS = 10_000;

  private static final String BEGINNINGS =
      "CREATE, DROP, INSERT, SELECT, WITH, EXPLAIN, EXECUTE STATEMENT SET, SHOW, DESCRIBE, SET or"
          + " RESET";

  private final String script;
  private final TokenReader tokens;

  private StatementParser(String script) {
    this.script = script;
    this.tokens = new TokenReader(script, Scanner.scan(script));
  }

  /**
   * The statements of a script, in order.
   *
   * @throws SqlException at the first mistake
   */
  static List<Statement> parse(String script) {
    StatementParser parser = new StatementParser(script);
    List<Statement> statements = new ArrayList<>();
    while (true) {
      while (parser.tokens.accept(";")) {
        // An empty statement is none.
      }
      if (parser.tokens.atEnd()) {
        return statements;
      }
      if (statements.size() == MAX_STATEMENTS) {
        throw new SqlException(
            parser.tokens.peek().position(),
            "the script has more than " + MAX_STATEMENTS + " statements; split it");
      }
      statements.add(parser.statement());
      if (!parser.tokens.atEnd() && !parser.tokens.at(";")) {
        throw parser.tokens.unexpected("';' or the end of the script");
      }
    }
  }

  private Statement statement() {
    Position at = tokens.peek().position();
    int start = tokens.peek().start();
    if (tokens.accept("CREATE")) {
      return create(at, start);
    }
    if (tokens.accept("DROP")) {
      return drop(at);
    }
    if (tokens.accept("SHOW")) {
      return show(at);
    }
    if (tokens.at("DESCRIBE") || tokens.at("DESC")) {
      tokens.next();
      tokens.accept("TABLE");
      return new Statement.Describe(at, tokens.expectName("the name of a table or view"));
    }
    if (tokens.accept("SET")) {
      return set(at);
    }
    if (tokens.accept("RESET")) {
      return new Statement.Reset(
          at, tokens.atEnd() || tokens.at(";") ? Optional.empty() : Optional.of(optionKey()));
    }
    if (tokens.accept("EXPLAIN")) {
      tokens.accept("PLAN", "FOR");
      return new Statement.Explain(at, jobStatement(tokens.peek().position()));
    }
    if (tokens.accept("USE")) {
      throw new SqlException(at, "USE is not supported; there is one catalog with one database");
    }
    return jobStatement(at);
  }

  private Statement create(Position at, int start) {
    boolean temporary = tokens.accept("TEMPORARY");
    if (tokens.accept("TABLE")) {
      boolean ifNotExists = ifNotExists();
      Name name = tokens.expectName("the name of the table");
      return new TableDefinitionParser(script, tokens).parse(at, start, name, ifNotExists);
    }
    if (tokens.accept("VIEW")) {
      boolean ifNotExists = ifNotExists();
      Name name = tokens.expectName("the name of the view");
      List<Name> columns = tokens.at("(") ? names("the name of a column") : List.of();
      if (tokens.accept("COMMENT")) {
        tokens.expectText("a comment");
      }
      tokens.expect("AS");
      Parsed query = query();
      return new Statement.CreateView(at, name, ifNotExists, columns, query, textFrom(start));
    }
    throw tokens.unexpected(temporary ? "TABLE or VIEW" : "TABLE, VIEW or TEMPORARY");
  }

  private boolean ifNotExists() {
    if (!tokens.accept("IF")) {
      return false;
    }
    tokens.expect("NOT");
    tokens.expect("EXISTS");
    return true;
  }

  private Statement drop(Position at) {
    tokens.accept("TEMPORARY");
    boolean view = tokens.at("VIEW");
    if (!view && !tokens.at("TABLE")) {
      throw tokens.unexpected("TABLE or VIEW");
    }
    tokens.next();
    boolean ifExists = tokens.accept("IF");
    if (ifExists) {
      tokens.expect("EXISTS");
    }
    return new Statement.Drop(
        at, view, tokens.expectName("the name of the " + (view ? "view" : "table")), ifExists);
  }

  private Statement show(Position at) {
    if (tokens.accept("TABLES")) {
      return new Statement.Show(at, Statement.Show.What.TABLES);
    }
    if (tokens.accept("VIEWS")) {
      return new Statement.Show(at, Statement.Show.What.VIEWS);
    }
    if (tokens.accept("FUNCTIONS")) {
      return new Statement.Show(at, Statement.Show.What.FUNCTIONS);
    }
    if (tokens.accept("CREATE")) {
      boolean view = tokens.at("VIEW");
      if (!view && !tokens.at("TABLE")) {
        throw tokens.unexpected("TABLE or VIEW");
      }
      tokens.next();
      return new Statement.ShowCreate(
          at, view, tokens.expectName("the name of the " + (view ? "view" : "table")));
    }
    throw tokens.unexpected("TABLES, VIEWS, FUNCTIONS, CREATE TABLE or CREATE VIEW");
  }

  private Statement set(Position at) {
    if (tokens.atEnd() || tokens.at(";")) {
      return new Statement.ShowOptions(at);
    }
    Name key = optionKey();
    tokens.expect("=");
    Token first = tokens.peek();
    if (first.kind() == Token.Kind.TEXT) {
      tokens.next();
      return new Statement.SetOption(at, key, new Name(first.text(), first.position()));
    }
    Fragment value = tokens.fragmentUntil((token, following) -> false);
    if (value.tokens().isEmpty()) {
      throw tokens.unexpected("a value in single quotes");
    }
    return new Statement.SetOption(at, key, new Name(value.text(), first.position()));
  }

  /** {@code 'a.b'} or {@code a.b}, whose parts may hold hyphens. */
  private Name optionKey() {
    Token first = tokens.peek();
    if (first.kind() == Token.Kind.TEXT) {
      tokens.next();
      return new Name(first.text(), first.position());
    }
    if (first.kind() != Token.Kind.WORD) {
      throw tokens.unexpected("the name of an option, such as 'pipeline.name'");
    }
    Fragment key = tokens.fragmentUntil((token, following) -> token.is("="));
    return new Name(key.text(), first.position());
  }

  private Statement.JobStatement jobStatement(Position at) {
    if (tokens.accept("EXECUTE")) {
      if (tokens.accept("STATEMENT", "SET")) {
        tokens.expect("BEGIN");
        return statementSet(at);
      }
      return jobStatement(at);
    }
    if (tokens.at("BEGIN", "STATEMENT")) {
      tokens.next();
      tokens.next();
      tokens.expect("SET");
      tokens.expect(";");
      return statementSet(at);
    }
    if (tokens.at("STATEMENT", "SET")) {
      tokens.next();
      tokens.next();
      tokens.expect("BEGIN");
      return statementSet(at);
    }
    if (tokens.at("INSERT")) {
      return new Statement.Inserts(at, List.of(insert()));
    }
    if (tokens.at("SELECT") || tokens.at("WITH") || tokens.at("VALUES") || tokens.at("(")) {
      return new Statement.Query(at, query());
    }
    throw tokens.unexpected(BEGINNINGS);
  }

  /** What stands between BEGIN and END: at least one INSERT, each ended by a semicolon. */
  private Statement.JobStatement statementSet(Position at) {
    List<Statement.InsertInto> inserts = new ArrayList<>();
    while (!tokens.at("END")) {
      if (!tokens.at("INSERT")) {
        throw tokens.unexpected(inserts.isEmpty() ? "INSERT INTO" : "INSERT INTO or END");
      }
      inserts.add(insert());
      tokens.expect(";");
    }
    if (inserts.isEmpty()) {
      throw tokens.unexpected("INSERT INTO");
    }
    tokens.next();
    return new Statement.Inserts(at, List.copyOf(inserts));
  }

  private Statement.InsertInto insert() {
    Position at = tokens.expect("INSERT").position();
    if (tokens.at("OVERWRITE")) {
      throw new SqlException(
          tokens.peek().position(), "INSERT OVERWRITE is not supported; a stream can only append");
    }
    tokens.expect("INTO");
    Name table = tokens.expectName("the name of a table");
    if (tokens.at("PARTITION")) {
      throw new SqlException(
          tokens.peek().position(), "PARTITION is not supported; give the columns in the query");
    }
    boolean columnsGiven =
        tokens.at("(")
            && !tokens.peek(1).is("SELECT")
            && !tokens.peek(1).is("WITH")
            && !tokens.peek(1).is("VALUES")
            && !tokens.peek(1).is("(");
    List<Name> columns = columnsGiven ? names("the name of a column") : List.of();
    if (!tokens.at("SELECT")
        && !tokens.at("WITH")
        && !tokens.at("VALUES")
        && !tokens.at("(")
        && !tokens.at("TABLE")) {
      throw tokens.unexpected(columnsGiven ? "SELECT or VALUES" : "SELECT, VALUES or '('");
    }
    return new Statement.InsertInto(at, table, columns, query());
  }

  private List<Name> names(String what) {
    tokens.expect("(");
    List<Name> names = new ArrayList<>();
    do {
      names.add(tokens.expectName(what));
    } while (tokens.accept(","));
    if (!tokens.accept(")")) {
      throw tokens.unexpected("',' or ')'");
    }
    return List.copyOf(names);
  }

  private Parsed query() {
    return QueryParser.query(tokens.fragmentUntil((token, following) -> false));
  }

  private String textFrom(int start) {
    return script.substring(start, tokens.peek().start()).strip();
  }
}
