package io.millrace.app.prompt;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes keywords, in the case in which a word was begun, and names of tables. */
final class SqlCompleter implements Completer {

  private static final List<String> KEYWORDS =
      List.of(
          "SELECT",
          "FROM",
          "WHERE",
          "GROUP BY",
          "HAVING",
          "AS",
          "AND",
          "OR",
          "NOT",
          "IN",
          "LIKE",
          "BETWEEN",
          "IS NULL",
          "IS NOT NULL",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "CAST",
          "CREATE TABLE",
          "CREATE VIEW",
          "DROP TABLE",
          "DROP VIEW",
          "INSERT INTO",
          "WITH",
          "WATERMARK FOR",
          "INTERVAL",
          "SECOND",
          "MINUTE",
          "HOUR",
          "DAY",
          "TUMBLE",
          "HOP",
          "CUMULATE",
          "DESCRIPTOR",
          "TABLE",
          "EXECUTE STATEMENT SET",
          "BEGIN",
          "SHOW TABLES",
          "SHOW CREATE TABLE",
          "DESCRIBE",
          "EXPLAIN",
          "SET",
          "RESET",
          "COUNT",
          "SUM",
          "AVG",
          "MIN",
          "MAX",
          "PERCENTILE",
          "CURRENT_WATERMARK",
          "STRING",
          "INT",
          "BIGINT",
          "DOUBLE",
          "BOOLEAN",
          "TIMESTAMP",
          "QUIT",
          "HELP");

  private final Supplier<List<String>> tables;

  /**
   * @param tables their names, asked for at each completion
   */
  SqlCompleter(Supplier<List<String>> tables) {
    this.tables = tables;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String word = line.word();
    boolean lower = !word.isEmpty() && word.equals(word.toLowerCase(Locale.ROOT));
    for (String table : tables.get()) {
      candidates.add(new Candidate(table, table, "tables", null, null, null, true));
    }
    for (String keyword : KEYWORDS) {
      String text = lower ? keyword.toLowerCase(Locale.ROOT) : keyword;
      candidates.add(new Candidate(text, text, "keywords", null, null, null, true));
    }
  }
}
