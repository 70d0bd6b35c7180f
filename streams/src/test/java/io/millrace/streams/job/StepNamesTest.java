package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person reads about the steps of a job. */
final class StepNamesTest {

  private static final String FLIGHTS =
      """
      CREATE TABLE flights (
        scheduled TIMESTAMP(3), delay INT, origin STRING, `from city` STRING,
        WATERMARK FOR scheduled AS scheduled
      ) WITH ('connector' = 'kafka', 'topic' = 'flights', 'format' = 'json');
      CREATE TABLE board (origin STRING, flights BIGINT)
        WITH ('connector' = 'blackhole');
      """;

  private static List<String> names(String insert) {
    JobPlan plan =
        new SqlSession()
            .execute(FLIGHTS + insert).stream()
                .filter(SqlResult.Job.class::isInstance)
                .map(SqlResult.Job.class::cast)
                .findFirst()
                .orElseThrow()
                .plan();
    return StepNames.of(new PlanOrder(plan).nodes());
  }

  @Test
  void aStepSaysWhatItDoes() {
    assertThat(
            names(
                """
                INSERT INTO board
                SELECT origin, COUNT(*) FROM TABLE(
                  HOP(TABLE flights, DESCRIPTOR(scheduled), INTERVAL '1' HOUR, INTERVAL '3' HOUR))
                WHERE delay > 0 AND `from city` = 'x'
                GROUP BY origin, window_start, window_end
                """))
        .contains(
            "scan flights",
            "filter by delay, `from city`",
            "aggregate HOP of 3 h every 1 h over scheduled by origin");
  }

  @Test
  void stepsThatDoTheSameAreNumbered() {
    assertThat(
            names(
                """
                INSERT INTO board
                SELECT origin, CAST(1 AS BIGINT) FROM flights WHERE delay > 1
                UNION ALL SELECT origin, CAST(2 AS BIGINT) FROM flights WHERE delay < 2
                """))
        .doesNotHaveDuplicates()
        .contains("filter by delay #1", "filter by delay #2", "union all");
  }

  @Test
  void aNameIsCutWhereItWouldFillThePage() {
    String column = "c".repeat(90);
    assertThat(
            names(
                "INSERT INTO board SELECT origin AS x%s, CAST(1 AS BIGINT) AS y%s FROM flights"
                    .formatted(column, column)))
        .allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(100))
        .anySatisfy(name -> assertThat(name).startsWith("project xccc").endsWith("…"));
  }
}
