package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Clock;
import io.millrace.streams.TestNode;
import io.millrace.streams.TestNode.Received;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a script in SQL to records in topics. */
class SqlJobTest {

  private static final String FLIGHTS =
      """
      CREATE TABLE flights (
        origin STRING,
        delay INT,
        scheduled TIMESTAMP(3),
        WATERMARK FOR scheduled AS scheduled - INTERVAL '30' MINUTE
      ) WITH ('connector' = 'kafka', 'topic' = 'flights', 'format' = 'json',
              'scan.startup.mode' = 'earliest-offset');
      """;

  @TempDir Path folder;
  TestNode node;

  @BeforeEach
  void open() {
    node = new TestNode(folder);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private StreamJob start(String script, RowListener rows) {
    SqlResult last = new SqlSession().execute(script).getLast();
    assertThat(last).isInstanceOf(SqlResult.Job.class);
    return StreamJob.start(
        ((SqlResult.Job) last).plan(),
        node.broker(),
        JobSettings.defaults(),
        Clock.system(),
        node.timer(),
        rows);
  }

  private void flight(String origin, int delay, String time) {
    node.send(
        "flights",
        0,
        origin,
        "{\"origin\":\"%s\",\"delay\":%d,\"scheduled\":\"2001-01-01 %s:00\"}"
            .formatted(origin, delay, time));
  }

  @Test
  void aBoardOfDeparturesGoesToOneTopicAndLateFlightsToAnother() {
    node.create("flights", 1);
    String script =
        FLIGHTS
            + """
            CREATE TABLE board (
              origin STRING, departures BIGINT, mean DOUBLE, p95 DOUBLE, late BIGINT,
              window_start TIMESTAMP(3), window_end TIMESTAMP(3)
            ) WITH ('connector' = 'kafka', 'topic' = 'board', 'key.format' = 'raw',
                    'key.fields' = 'origin', 'value.format' = 'json',
                    'sink.delivery-guarantee' = 'exactly-once',
                    'sink.transactional-id-prefix' = 'board');
            CREATE TABLE late (origin STRING, delay INT, scheduled TIMESTAMP(3))
              WITH ('connector' = 'kafka', 'topic' = 'late', 'format' = 'json');
            EXECUTE STATEMENT SET BEGIN
            INSERT INTO board
              SELECT origin, COUNT(*), AVG(CAST(delay AS DOUBLE)), PERCENTILE(delay, 0.95),
                     COUNT(*) FILTER (WHERE delay > 15), window_start, window_end
              FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(scheduled), INTERVAL '1' HOUR))
              WHERE CURRENT_WATERMARK(scheduled) IS NULL
                 OR scheduled > CURRENT_WATERMARK(scheduled)
              GROUP BY origin, window_start, window_end;
            INSERT INTO late
              SELECT origin, delay, scheduled FROM flights
              WHERE scheduled <= CURRENT_WATERMARK(scheduled);
            END;
            """;
    try (StreamJob job = start(script, RowListener.NONE)) {
      flight("SFO", 10, "08:10");
      flight("SFO", 20, "08:50");
      flight("LAX", -5, "08:21");
      flight("SFO", 1, "09:29");
      await().until(() -> job.status().rowsIn() == 4);
      assertThat(node.records("board")).isEmpty();
      flight("SFO", 1, "09:30");
      await().until(() -> node.records("board").size() == 2);
      flight("SFO", 99, "08:59");
      await().until(() -> node.records("late").size() == 1);

      assertThat(job.status().lateRows()).isZero();
      assertThat(node.records("board")).extracting(Received::key).containsExactly("LAX", "SFO");
      assertThat(node.records("board").getLast().value())
          .isEqualTo(
              "{\"origin\":\"SFO\",\"departures\":2,\"mean\":15.0,\"p95\":19.5,\"late\":1,"
                  + "\"window_start\":\"2001-01-01 08:00:00\","
                  + "\"window_end\":\"2001-01-01 09:00:00\"}");
      assertThat(node.records("late").getFirst().value())
          .isEqualTo("{\"origin\":\"SFO\",\"delay\":99,\"scheduled\":\"2001-01-01 08:59:00\"}");
    }
  }

  @Test
  void aSelectGivesItsRowsToTheCaller() {
    node.create("flights", 1);
    List<List<@Nullable Object>> rows = Collections.synchronizedList(new ArrayList<>());
    try (StreamJob job =
        start(
            FLIGHTS + "SELECT origin, delay * 2 FROM flights WHERE delay > 5;",
            (row, type) -> rows.add(row))) {
      flight("SFO", 10, "08:10");
      flight("LAX", 1, "08:11");
      flight("JFK", 6, "08:12");
      await().until(() -> rows.size() == 2);
      assertThat(rows).containsExactly(List.of("SFO", 20), List.of("JFK", 12));
      assertThat(job.status().checkpoint()).isNull();
    }
  }

  @Test
  void insertedValuesAreThereWhenTheJobHasFinished() {
    try (StreamJob job =
        start(
            """
            CREATE TABLE t (a INT, b STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
            INSERT INTO t VALUES (1, 'x'), (2, 'y');
            """,
            RowListener.NONE)) {
      assertThat(job.ended().toCompletableFuture().join().state())
          .isEqualTo(JobStatus.State.FINISHED);
      assertThat(node.records("t"))
          .extracting(Received::value)
          .containsExactly("{\"a\":1,\"b\":\"x\"}", "{\"a\":2,\"b\":\"y\"}");
    }
  }
}
