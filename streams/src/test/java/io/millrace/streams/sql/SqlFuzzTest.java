package io.millrace.streams.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is given for a script: results or one SqlException, and soon. */
final class SqlFuzzTest {

  private static final List<String> WORDS =
      List.of(
          "SELECT",
          "FROM",
          "WHERE",
          "GROUP BY",
          "HAVING",
          "flights",
          "out1",
          "origin",
          "delay",
          "scheduled",
          "window_start",
          "window_end",
          "COUNT(*)",
          "SUM(delay)",
          "(",
          ")",
          ",",
          ";",
          "'text'",
          "`name`",
          "1",
          "2.5",
          "1e3",
          "+",
          "-",
          "*",
          "/",
          "=",
          "<",
          "AND",
          "OR",
          "NOT",
          "NULL",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "CAST(",
          "AS",
          "INT",
          "STRING",
          "TIMESTAMP_LTZ(3)",
          "INTERVAL '1' HOUR",
          "TABLE(TUMBLE(TABLE flights,",
          "DESCRIPTOR(scheduled),",
          "IN",
          "BETWEEN",
          "LIKE",
          "IS",
          "UNION ALL",
          "VALUES",
          "WITH",
          "INSERT INTO",
          "CREATE TABLE t",
          "CREATE VIEW v",
          "DROP",
          "EXPLAIN",
          "SET",
          "EXECUTE",
          "STATEMENT SET BEGIN",
          "WATERMARK FOR",
          "METADATA",
          "'connector' = 'print'",
          "CURRENT_WATERMARK(",
          "EXTRACT(",
          "TRIM(",
          "OVER",
          "JOIN",
          "ORDER BY",
          "LIMIT",
          "/*",
          "*/",
          "--",
          "'",
          "\n");

  @FuzzTest(maxDuration = "20s")
  void bytesAreAnswered(FuzzedDataProvider data) {
    answered(data.consumeRemainingAsString());
  }

  @Property(tries = 400)
  void wordsOfSqlInAnyOrderAreAnswered(@ForAll("scripts") String script) {
    answered(script);
  }

  @Provide
  Arbitrary<String> scripts() {
    return Arbitraries.of(WORDS).list().ofMaxSize(40).map(words -> String.join(" ", words));
  }

  private static void answered(String script) {
    long start = System.nanoTime();
    try {
      Cases.session().execute(script);
    } catch (SqlException e) {
      assertThat(e.line()).isPositive();
      assertThat(e.column()).isPositive();
      assertThat(e.problem()).isNotBlank().hasSizeLessThan(1_000);
    }
    assertThat(System.nanoTime() - start).as(script).isLessThan(10_000_000_000L);
  }
}
