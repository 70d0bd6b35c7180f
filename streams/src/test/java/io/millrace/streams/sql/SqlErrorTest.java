package io.millrace.streams.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake is answered by its place and one sentence that says what is possible. */
final class SqlErrorTest {

  static Stream<Arguments> mistakes() {
    return Cases.read("errors.txt");
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakeIsExplained(String script, String expected) {
    SqlSession session = Cases.session();

    assertThat(error(session, script)).hasMessage(expected);
  }

  @Test
  void placeCountsLinesOfTheWholeScript() {
    SqlException e =
        error(
            Cases.session(),
            """
            -- a comment; with a semicolon
            SET 'a' = 'b;c';
            SELECT origin,
                   UPER(destination)
            FROM flights;
            """);

    assertThat(e.line()).isEqualTo(4);
    assertThat(e.column()).isEqualTo(8);
  }

  @Test
  void placeIsRightInsideComputedColumns() {
    SqlException e =
        error(
            new SqlSession(),
            "CREATE TABLE t (\r\n  a INT,\r\n  b AS a +\r\n    nothing\r\n) WITH ('connector' = 'print')");

    assertThat(e.line()).isEqualTo(4);
    assertThat(e.column()).isEqualTo(5);
  }

  @Test
  void scriptWithAMistakeLeavesTheSessionAsItWas() {
    SqlSession session = Cases.session();

    error(session, "DROP TABLE out1; SET 'a' = 'b'; SELECT nothing FROM flights");

    assertThat(session.execute("SHOW TABLES; SET"))
        .first()
        .extracting(result -> ((SqlResult.Table) result).rows().size())
        .isEqualTo(3);
    assertThat(session.settings()).isEmpty();
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "SELECT " + "(".repeat(5_000) + "1" + ")".repeat(5_000);
    String long1 = "SELECT " + "1 + ".repeat(20_000) + "1";
    String nots = "SELECT " + "NOT ".repeat(20_000) + "TRUE";
    String cases = "SELECT " + "CASE WHEN TRUE THEN ".repeat(500) + "1" + " END".repeat(500);

    for (String script : new String[] {deep, long1, nots, cases}) {
      assertThat(error(new SqlSession(), script).problem()).contains("deep");
    }
  }

  private static SqlException error(SqlSession session, String script) {
    SqlException e = catchThrowableOfType(SqlException.class, () -> session.execute(script));
    assertThat(e).as(script).isNotNull();
    return e;
  }
}
