package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.streams.TestNode;
import io.millrace.streams.TestNode.Sent;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic is read and decoded by several threads. */
final class ParallelismTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PARTITIONS = 5;
  private static final int EACH = 5000;

  private static final String NUMBERS =
      """
      SET 'parallelism.default' = '4';
      CREATE TABLE numbers (n BIGINT, part INT METADATA FROM 'partition' VIRTUAL)
      WITH ('connector' = 'kafka', 'topic' = 'numbers', 'format' = 'json',
            'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset');
      """;

  @TempDir Path folder;
  TestNode node;

  @BeforeEach
  void open() {
    node = new TestNode(folder);
    node.create("numbers", PARTITIONS);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private StreamJob start(String script, RowListener rows) {
    SqlResult last = new SqlSession().execute(script).getLast();
    return StreamJob.start(
        ((SqlResult.Job) last).plan(),
        node.broker(),
        JobSettings.defaults(),
        Clock.system(),
        node.timer(),
        rows);
  }

  private void fill() {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (int from = 0; from < EACH; from += 1000) {
        List<Sent> batch =
            IntStream.range(from, from + 1000)
                .mapToObj(n -> new Sent(null, "{\"n\":" + n + "}"))
                .toList();
        node.send("numbers", partition, batch);
      }
    }
  }

  @Test
  void rowsOfAPartitionStayInOrder() {
    fill();
    List<List<@Nullable Object>> rows = Collections.synchronizedList(new ArrayList<>());
    try (StreamJob job =
        start(NUMBERS + "SELECT part, n FROM numbers;", (row, type) -> rows.add(row))) {
      JobStatus status = job.ended().toCompletableFuture().join();

      assertThat(status.failure()).isNull();
      assertThat(status.rowsIn()).isEqualTo(PARTITIONS * EACH);
      assertThat(status.lag()).isZero();
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      int wanted = partition;
      assertThat(
              rows.stream().filter(row -> row.get(0).equals(wanted)).map(row -> (Long) row.get(1)))
          .containsExactlyElementsOf(IntStream.range(0, EACH).mapToObj(Long::valueOf).toList());
    }
  }

  @Test
  void aRecordThatCannotBeReadStopsTheJobAndIsNamed() {
    fill();
    node.send("numbers", 3, null, "{\"n\":");
    try (StreamJob job = start(NUMBERS + "SELECT n FROM numbers;", RowListener.NONE)) {
      JobStatus status = job.ended().toCompletableFuture().join();

      assertThat(status.state()).isEqualTo(JobStatus.State.FAILED);
      assertThat(status.failure()).contains("topic numbers, partition 3, offset " + EACH);
    }
  }

  @Test
  void aRowWithoutAValueIsNamedByItsOwnRecord() {
    fill();
    try (StreamJob job =
        start(NUMBERS + "SELECT 1 / (n - 777) FROM numbers WHERE part = 2;", RowListener.NONE)) {
      JobStatus status = job.ended().toCompletableFuture().join();

      assertThat(status.failure())
          .contains("topic numbers, partition 2, offset 777")
          .contains("division by zero");
    }
  }

  @Test
  void aJobThatIsCancelledWhileItsThreadsAreAheadEnds() {
    fill();
    try (StreamJob job =
        start(
            NUMBERS + "SELECT n FROM numbers;",
            (row, type) -> {
              if (Long.valueOf(2000).equals(row.getFirst())) {
                await().atMost(PATIENCE).until(() -> cancelled);
              }
            })) {
      await().atMost(PATIENCE).until(() -> job.status().state() == JobStatus.State.RUNNING);
      job.cancel();
      cancelled = true;

      assertThat(job.ended().toCompletableFuture().join().state().isEnd()).isTrue();
    }
  }

  private volatile boolean cancelled;

  @Test
  void parallelismIsANumberOfThreads() {
    assertThatThrownBy(() -> JobSettings.defaults().with(Map.of("parallelism.default", "0")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("1 to 64");
    assertThatThrownBy(() -> JobSettings.defaults().with(Map.of("parallelism.default", "many")))
        .isInstanceOf(SettingException.class);
  }
}
