package io.millrace.streams.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.plan.JobPlan;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The departures board: three inserts of one job over one topic. */
final class BoardJobTest {

  private static final String BOARD =
      """
      CREATE TABLE flights (
        origin STRING,
        destination STRING,
        scheduled TIMESTAMP(3),
        delay INT,
        distance INT,
        WATERMARK FOR scheduled AS scheduled - INTERVAL '30' MINUTE
      ) WITH (
        'connector' = 'kafka',
        'topic' = 'flights',
        'scan.startup.mode' = 'earliest-offset',
        'format' = 'json'
      );

      CREATE TABLE departures (
        origin STRING,
        window_start TIMESTAMP(3),
        window_end TIMESTAMP(3),
        departures BIGINT,
        mean_delay DOUBLE,
        p95_delay DOUBLE
      ) WITH (
        'connector' = 'kafka',
        'topic' = 'departures',
        'key.format' = 'raw',
        'key.fields' = 'origin',
        'value.format' = 'json'
      );

      CREATE TABLE delays (
        origin STRING,
        window_start TIMESTAMP(3),
        window_end TIMESTAMP(3),
        mean_delay DOUBLE
      ) WITH (
        'connector' = 'kafka',
        'topic' = 'delays',
        'key.format' = 'raw',
        'key.fields' = 'origin',
        'value.format' = 'json'
      );

      CREATE TABLE late_flights (
        origin STRING,
        destination STRING,
        scheduled TIMESTAMP(3),
        delay INT
      ) WITH ('connector' = 'kafka', 'topic' = 'late-flights', 'format' = 'json');

      CREATE VIEW on_time AS
        SELECT * FROM flights
        WHERE CURRENT_WATERMARK(scheduled) IS NULL
           OR scheduled > CURRENT_WATERMARK(scheduled);

      EXECUTE STATEMENT SET BEGIN
        INSERT INTO departures
          SELECT origin, window_start, window_end, COUNT(*),
                 AVG(CAST(delay AS DOUBLE)), PERCENTILE(delay, 0.95)
          FROM TABLE(TUMBLE(TABLE on_time, DESCRIPTOR(scheduled), INTERVAL '1' HOUR))
          GROUP BY origin, window_start, window_end;
        INSERT INTO delays
          SELECT origin, window_start, window_end, AVG(CAST(delay AS DOUBLE))
          FROM TABLE(HOP(TABLE on_time, DESCRIPTOR(scheduled),
                         INTERVAL '1' HOUR, INTERVAL '3' HOUR))
          GROUP BY origin, window_start, window_end;
        INSERT INTO late_flights
          SELECT origin, destination, scheduled, delay FROM flights
          WHERE scheduled <= CURRENT_WATERMARK(scheduled);
      END;
      """;

  @Test
  void theBoardCompilesToOneJobThatReadsItsTopicOnce() {
    List<SqlResult> results = new SqlSession().execute(BOARD);

    assertThat(results).hasSize(6);
    JobPlan plan = ((SqlResult.Job) results.getLast()).plan();
    assertThat(plan.inserts()).hasSize(3);
    assertThat(plan.scans()).hasSize(1);
    assertThat(plan.scans().getFirst().rowType().fields())
        .extracting(field -> field.name())
        .containsExactly("origin", "destination", "scheduled", "delay", "$watermark");
    assertThat(String.join("\n", PlanText.lines(plan)))
        .isEqualTo(
            """
            insert into departures: origin, window_start, window_end, departures, mean_delay, p95_delay → kafka topic departures, key origin as raw, value as json
              project origin, window_start, window_end, COUNT AS departures, AVG AS mean_delay, PERCENTILE AS p95_delay
                aggregate TUMBLE of 1 h over scheduled by origin: COUNT(*), AVG(value), PERCENTILE(value, 0.95), window_start, window_end
                  state: the aggregates of open windows
                  (1) project CAST(delay AS DOUBLE) AS value, origin, scheduled
                    filter (`$watermark` IS NULL) OR (scheduled > `$watermark`)
                      (2) scan flights (origin STRING, destination STRING, scheduled TIMESTAMP(3), delay INT, `$watermark` TIMESTAMP(3) from the partition's watermark) ← kafka topic flights, value as json
                        watermark of scheduled: scheduled - INTERVAL '30' MINUTE
            insert into delays: origin, window_start, window_end, mean_delay → kafka topic delays, key origin as raw, value as json
              project origin, window_start, window_end, AVG AS mean_delay
                aggregate HOP of 3 h every 1 h over scheduled by origin: AVG(value), window_start, window_end
                  state: the aggregates of open windows
                  (1)
            insert into late_flights: origin, destination, scheduled, delay → kafka topic late-flights, value as json
              project origin, destination, scheduled, delay
                filter scheduled <= `$watermark`
                  (2)
            """
                .strip());
  }
}
