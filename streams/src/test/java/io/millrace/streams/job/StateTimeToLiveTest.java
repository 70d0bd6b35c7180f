package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Clock;
import io.millrace.streams.job.SqlRun.Event;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With {@code table.exec.state.ttl} jobs forget what nothing has touched for that long. */
class StateTimeToLiveTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<List<@Nullable Object>> rows = new CopyOnWriteArrayList<>();
  private final AtomicLong millis = new AtomicLong(SqlRun.START);

  /** The time of day stands still until a test moves it. */
  private final Clock clock =
      new Clock() {
        @Override
        public long millis() {
          return millis.get();
        }

        @Override
        public long nanos() {
          return Clock.system().nanos();
        }
      };

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
  void groupBeginsAnewWhenNoRowTouchedItForTheTimeToLive() {
    String topic = run.topic(List.of());
    try (StreamJob job =
        start(SqlRun.table("e", topic, 0, false) + "SELECT k, COUNT(*) FROM e GROUP BY k")) {
      run.send(topic, List.of(new Event("SFO", 1, 1)));
      awaitRows(job, 1);
      pass(Duration.ofMinutes(59));
      run.send(topic, List.of(new Event("SFO", 1, 2)));
      awaitRows(job, 3);
      pass(Duration.ofMinutes(59));
      run.send(topic, List.of(new Event("SFO", 1, 3)));
      awaitRows(job, 5);
      pass(Duration.ofMinutes(60));
      run.send(topic, List.of(new Event("SFO", 1, 4)));
      awaitRows(job, 6);
    }

    assertThat(rows)
        .containsExactly(
            List.of("+I", "SFO", 1L),
            List.of("-U", "SFO", 1L),
            List.of("+U", "SFO", 2L),
            List.of("-U", "SFO", 2L),
            List.of("+U", "SFO", 3L),
            List.of("+I", "SFO", 1L));
  }

  @Test
  void joinForgetsRowsThatAreOlderThanTheTimeToLive() {
    String left = run.topic(List.of());
    String right = run.topic(List.of());
    try (StreamJob job =
        start(
            SqlRun.table("l", left, 0, false)
                + SqlRun.table("r", right, 0, false)
                + "SELECT l.v, r.v FROM l JOIN r ON l.k = r.k")) {
      run.send(left, List.of(new Event("SFO", 1, 1)));
      run.send(right, List.of(new Event("SFO", 10, 1)));
      awaitRows(job, 1);
      pass(Duration.ofMinutes(60));
      run.send(right, List.of(new Event("SFO", 20, 2)));
      run.send(left, List.of(new Event("SFO", 2, 2)));
      awaitRows(job, 2);
    }

    assertThat(rows).containsExactly(List.of(1, 10), List.of(2, 20));
  }

  private StreamJob start(String script) {
    SqlResult last =
        new SqlSession().execute("SET 'table.exec.state.ttl' = '1 h';\n" + script).getLast();
    return StreamJob.start(
        ((SqlResult.Job) last).plan(),
        run.node().broker(),
        JobSettings.defaults().withParallelism(1),
        clock,
        run.node().timer(),
        (row, type) -> rows.add(row));
  }

  private void pass(Duration time) {
    millis.addAndGet(time.toMillis());
  }

  private void awaitRows(StreamJob job, int count) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(job.status().failure()).isNull();
              return rows.size() >= count;
            });
  }
}
