package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Clock;
import io.millrace.streams.TestNode;
import io.millrace.streams.TestNode.Received;
import io.millrace.streams.sql.SqlException;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs over rows that are made up. */
final class GeneratedRowsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String NEXMARK =
      """
      CREATE TABLE nexmark (
        event_type INT, bid_auction BIGINT, bid_price BIGINT, bid_channel STRING,
        `dateTime` TIMESTAMP(3),
        WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND
      ) WITH ('connector' = 'nexmark', 'events.num' = '100000', 'next-event.rate' = '1000');
      CREATE VIEW bid AS SELECT bid_auction AS auction, bid_price AS price, `dateTime`
      FROM nexmark WHERE event_type = 2;
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
    return StreamJob.start(
        ((SqlResult.Job) last).plan(),
        node.broker(),
        JobSettings.defaults(),
        Clock.system(),
        node.timer(),
        rows);
  }

  private List<List<@Nullable Object>> rows(String script) {
    List<List<@Nullable Object>> rows = Collections.synchronizedList(new ArrayList<>());
    try (StreamJob job = start(script, (row, type) -> rows.add(row))) {
      JobStatus status = job.ended().toCompletableFuture().join();
      assertThat(status.failure()).isNull();
    }
    return rows;
  }

  @Test
  void windowsOverNexmarkHoldEveryBid() {
    List<List<@Nullable Object>> windows =
        rows(
            NEXMARK
                + """
                SELECT COUNT(*), window_end
                FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
                GROUP BY window_start, window_end;
                """);

    assertThat(windows).hasSize(10).allMatch(window -> Long.valueOf(9200).equals(window.get(0)));
  }

  @Test
  void aFieldThatAnEventDoesNotHaveIsNull() {
    List<List<@Nullable Object>> rows =
        rows(
            NEXMARK
                + "SELECT event_type FROM nexmark WHERE event_type < 2 AND bid_channel IS NOT NULL;");

    assertThat(rows).isEmpty();
  }

  @Test
  void aStatusSaysHowFarAGeneratorHasCome() {
    try (StreamJob job =
        start(
            NEXMARK
                + "CREATE TABLE dropped (auction BIGINT) WITH ('connector' = 'blackhole');"
                + "INSERT INTO dropped SELECT auction FROM bid;",
            RowListener.NONE)) {
      JobStatus status = job.ended().toCompletableFuture().join();

      assertThat(status.rowsIn()).isEqualTo(100_000);
      assertThat(status.rowsOut()).isEqualTo(92_000);
      assertThat(status.sources().getFirst().topic()).isNull();
      assertThat(status.sources().getFirst().partitions().getFirst().offset()).isEqualTo(100_000);
    }
  }

  @Test
  void aSequenceCountsToItsEndAndRandomValuesStayInTheirBounds() {
    List<List<@Nullable Object>> rows =
        rows(
            """
            CREATE TABLE made (id BIGINT, score INT, share DOUBLE, cost DECIMAL(6, 2), word STRING,
              flag BOOLEAN, at_time TIMESTAMP(3), maybe INT)
            WITH ('connector' = 'datagen', 'rows-per-second' = '0',
              'fields.id.kind' = 'sequence', 'fields.id.start' = '5', 'fields.id.end' = '1004',
              'fields.score.min' = '-3', 'fields.score.max' = '3',
              'fields.share.max' = '1', 'fields.cost.min' = '1', 'fields.cost.max' = '2.5',
              'fields.word.length' = '8', 'fields.at_time.max-past' = '1 h',
              'fields.maybe.null-rate' = '0.5');
            SELECT id, score, share, cost, word, maybe FROM made;
            """);

    assertThat(rows.stream().map(List::getFirst))
        .containsExactlyElementsOf(IntStream.rangeClosed(5, 1004).mapToObj(Long::valueOf).toList());
    assertThat(new HashSet<>(rows.stream().map(row -> row.get(1)).toList()))
        .containsExactlyInAnyOrder(-3, -2, -1, 0, 1, 2, 3);
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat((Double) row.get(2)).isBetween(0.0, 1.0);
              assertThat(String.valueOf(row.get(3))).matches("1\\.\\d\\d|2\\.[0-5]\\d");
              assertThat(String.valueOf(row.get(4))).matches("[0-9a-f]{8}");
            });
    assertThat(rows.stream().filter(row -> row.get(5) == null).count()).isBetween(300L, 700L);
  }

  @Test
  void aRateHoldsRowsBack() {
    try (StreamJob job =
        start(
            """
            CREATE TABLE made (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1',
              'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '1000000');
            SELECT id FROM made;
            """,
            RowListener.NONE)) {
      await().atMost(PATIENCE).until(() -> job.status().rowsIn() >= 2);

      assertThat(job.status().state()).isEqualTo(JobStatus.State.RUNNING);
    }
  }

  @Test
  void aJobThatIsCancelledGoesOnAtTheNextRow() {
    String script =
        """
        SET 'pipeline.name' = 'copy';
        CREATE TABLE made (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '%d',
          'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '10000');
        CREATE TABLE kept (id BIGINT) WITH ('connector' = 'kafka', 'topic' = 'kept',
          'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once');
        INSERT INTO kept SELECT id FROM made;
        """;
    try (StreamJob job = start(script.formatted(100), RowListener.NONE)) {
      await().atMost(PATIENCE).until(() -> !node.records("kept").isEmpty());
      job.cancel();
      job.ended().toCompletableFuture().join();
    }
    try (StreamJob job = start(script.formatted(0), RowListener.NONE)) {
      assertThat(job.ended().toCompletableFuture().join().state())
          .isEqualTo(JobStatus.State.FINISHED);
    }

    assertThat(node.records("kept"))
        .extracting(Received::value)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, 10_000).mapToObj(id -> "{\"id\":" + id + "}").toList());
  }

  @Test
  void optionsThatCannotBeAreRefusedByName() {
    assertThatThrownBy(
            () ->
                new SqlSession()
                    .execute("CREATE TABLE t (bid_prize BIGINT) WITH ('connector' = 'nexmark');"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("has no column bid_prize; did you mean bid_price");
    assertThatThrownBy(
            () ->
                new SqlSession()
                    .execute(
                        "CREATE TABLE t (n TINYINT) WITH ('connector' = 'datagen', 'fields.n.max' ="
                            + " '128');"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("allowed is a whole number, from -128 to 127");
    assertThatThrownBy(
            () ->
                new SqlSession()
                    .execute(
                        "CREATE TABLE t (n INT) WITH ('connector' = 'datagen', 'fields.n.kind' ="
                            + " 'sequence', 'fields.n.start' = '2', 'fields.n.end' = '1');"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("2 or more, where the sequence starts");
    assertThatThrownBy(
            () ->
                new SqlSession()
                    .execute(
                        "CREATE TABLE t (n INT) WITH ('connector' = 'datagen', 'fields.m.min' ="
                            + " '2');"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("has no option 'fields.m.min'");
  }
}
