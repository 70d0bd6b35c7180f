package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What NULL is to joins, orders and groups. */
class NullValuesTest {

  /** Two keys have partners, one on each side has none, and one on each side is NULL. */
  private static final String SIDES =
      """
      WITH l (k, a) AS (VALUES ('x', 1), ('y', 2), ('only left', 3), (CAST(NULL AS STRING), 4)),
           r (k, b) AS (VALUES ('x', 10), ('y', 20), ('only right', 30), (CAST(NULL AS STRING), 40))
      """;

  private SqlRun run;

  @BeforeEach
  void open() throws IOException {
    run = new SqlRun();
  }

  @AfterEach
  void close() throws IOException {
    run.close();
  }

  @Test
  void keyThatIsNullHasNoPartnerInAnInnerJoin() {
    assertThat(run.select(SIDES + "SELECT l.k, a, b FROM l JOIN r ON l.k = r.k"))
        .containsExactlyInAnyOrder(row("x", 1, 10), row("y", 2, 20));
  }

  @Test
  void leftJoinKeepsLeftRowsWithoutPartner() {
    assertThat(standing(SIDES + "SELECT l.k, a, b FROM l LEFT JOIN r ON l.k = r.k"))
        .containsExactlyInAnyOrder(
            row("x", 1, 10), row("y", 2, 20), row("only left", 3, null), row(null, 4, null));
  }

  @Test
  void rightJoinKeepsRightRowsWithoutPartner() {
    assertThat(standing(SIDES + "SELECT r.k, a, b FROM l RIGHT JOIN r ON l.k = r.k"))
        .containsExactlyInAnyOrder(
            row("x", 1, 10), row("y", 2, 20), row("only right", null, 30), row(null, null, 40));
  }

  @Test
  void fullJoinKeepsRowsOfBothSidesAndPairsNoNulls() {
    assertThat(standing(SIDES + "SELECT a, b FROM l FULL JOIN r ON l.k = r.k"))
        .containsExactlyInAnyOrder(
            row(1, 10), row(2, 20), row(3, null), row(4, null), row(null, 30), row(null, 40));
  }

  @Test
  void nullIsAGroupOfItsOwn() {
    assertThat(
            standing(
                """
                SELECT k, COUNT(*), COUNT(v) FROM (VALUES ('x', 1), (CAST(NULL AS STRING), 2),
                  (CAST(NULL AS STRING), CAST(NULL AS INT))) AS t (k, v) GROUP BY k"""))
        .containsExactlyInAnyOrder(row("x", 1L, 1L), row(null, 2L, 1L));
  }

  @Test
  void nullStandsWhereTheOrderPutsIt() {
    assertThat(ordered("v NULLS FIRST")).containsExactly(null, 1, 2);
    assertThat(ordered("v NULLS LAST")).containsExactly(1, 2, null);
    assertThat(ordered("v DESC NULLS FIRST")).containsExactly(null, 2, 1);
    assertThat(ordered("v DESC NULLS LAST")).containsExactly(2, 1, null);
  }

  @Test
  void nullIsTheLeastWhereTheOrderSaysNothing() {
    assertThat(ordered("v")).containsExactly(null, 1, 2);
    assertThat(ordered("v DESC")).containsExactly(2, 1, null);
  }

  /** The values by their numbers in an order. */
  private List<@Nullable Object> ordered(String order) {
    @Nullable Object[] values = new @Nullable Object[3];
    for (List<@Nullable Object> row :
        standing(
            "SELECT CAST(n AS INT), v FROM (SELECT v, ROW_NUMBER() OVER (ORDER BY "
                + order
                + ") AS n FROM (VALUES (2), (CAST(NULL AS INT)), (1)) AS t (v)) WHERE n <= 3")) {
      values[(int) row.getFirst() - 1] = row.getLast();
    }
    return Arrays.asList(values);
  }

  /** The rows that are there when every change of a query has been applied. */
  private List<List<@Nullable Object>> standing(String query) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (List<@Nullable Object> change : run.select(query)) {
      List<@Nullable Object> row = change.subList(1, change.size());
      if ("+I".equals(change.getFirst()) || "+U".equals(change.getFirst())) {
        rows.add(row);
      } else {
        assertThat(rows.remove(row)).as("a row taken back was there: " + change).isTrue();
      }
    }
    return rows;
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }
}
