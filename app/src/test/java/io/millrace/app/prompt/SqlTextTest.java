package io.millrace.app.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  \n",
        "SHOW TABLES;",
        "SELECT ';' FROM t;  -- done; or not",
        "SELECT \"a;b\" FROM `c;d`;",
        "/* ; */",
        "SET 'a' = 'it''s';",
        "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END;",
        "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN x THEN 1 END FROM t; END;"
      })
  void aWholeStatementIsRun(String text) {
    assertThat(SqlText.isComplete(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT",
        "SELECT 1; SELECT",
        "SELECT ';",
        "SELECT \";",
        "/* ;",
        "SELECT 1 -- ;",
        "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;",
        "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN x THEN 1 END FROM t;"
      })
  void aStatementThatGoesOnIsWaitedFor(String text) {
    assertThat(SqlText.isComplete(text)).isFalse();
  }

  @Property(tries = 300)
  void anyTextIsEitherWholeOrNot(@ForAll String text) {
    SqlText.isComplete(text);
  }
}
