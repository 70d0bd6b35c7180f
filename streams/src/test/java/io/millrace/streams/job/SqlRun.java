package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Clock;
import io.millrace.streams.TestNode;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs queries over random events of a topic: whole, or broken off after each of some parts and
 * started again from the checkpoint.
 */
final class SqlRun implements AutoCloseable {

  /** 2001-01-01 00:00:00. */
  static final long START = 978_307_200_000L;

  /** Makes a record's batch larger than a visit, so that each visit reads one record. */
  private static final String PADDING = "x".repeat(1100);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final TestNode node;
  private int runs;

  /** An event: seconds after the start, and what it is of. */
  record Event(String key, int value, int second) {

    long millis() {
      return START + second * 1000L;
    }
  }

  SqlRun() throws IOException {
    folder = Files.createTempDirectory("sql-run");
    node = new TestNode(folder);
  }

  TestNode node() {
    return node;
  }

  /** A name that no run had before. */
  String name() {
    return "run-" + ++runs;
  }

  /** A table of the topic, with {@code k}, {@code v} and event time {@code t}. */
  static String table(String name, String topic, int lagSeconds, boolean bounded) {
    return """
        CREATE TABLE %s (k STRING, v INT, t TIMESTAMP(3),
          WATERMARK FOR t AS t - INTERVAL '%d' SECOND)
        WITH ('connector' = 'kafka', 'topic' = '%s', 'format' = 'json',
              'scan.startup.mode' = 'earliest-offset'%s);
        """
        .formatted(
            name, lagSeconds, topic, bounded ? ", 'scan.bounded.mode' = 'latest-offset'" : "");
  }

  /** Makes a topic with one partition of these events, each read by itself. */
  String topic(List<Event> events) {
    String topic = name();
    node.create(topic, 1);
    send(topic, events);
    return topic;
  }

  void send(String topic, List<Event> events) {
    for (Event event : events) {
      node.send(
          topic,
          0,
          event.key(),
          "{\"k\":\"%s\",\"v\":%d,\"t\":\"%s\",\"padding\":\"%s\"}"
              .formatted(event.key(), event.value(), TIME.format(time(event.millis())), PADDING));
    }
  }

  static LocalDateTime time(long millis) {
    return LocalDateTime.ofEpochSecond(
        millis / 1000, (int) (millis % 1000) * 1_000_000, ZoneOffset.UTC);
  }

  private StreamJob start(String script, RowListener rows) {
    return start(script, rows, JobSettings.defaults());
  }

  private StreamJob start(String script, RowListener rows, JobSettings settings) {
    SqlResult last = new SqlSession().execute(script).getLast();
    return StreamJob.start(
        ((SqlResult.Job) last).plan(),
        node.broker(),
        settings.withVisitBytes(1024).withParallelism(1),
        Clock.system(),
        node.timer(),
        rows);
  }

  /** The rows of a SELECT over bounded tables. */
  List<List<@Nullable Object>> select(String script) {
    List<List<@Nullable Object>> rows = Collections.synchronizedList(new ArrayList<>());
    try (StreamJob job = start(script, (row, type) -> rows.add(row))) {
      JobStatus end = job.ended().toCompletableFuture().join();
      assertThat(end.failure()).isNull();
    }
    return rows;
  }

  /** Runs an INSERT to the end of bounded tables. */
  JobStatus insert(String script) {
    return insert(script, JobSettings.defaults().printTo());
  }

  /** The same with what is printed going to a stream. */
  JobStatus insert(String script, PrintStream printTo) {
    JobSettings settings = JobSettings.defaults().withPrintTo(printTo);
    try (StreamJob job = start(script, RowListener.NONE, settings)) {
      JobStatus end = job.ended().toCompletableFuture().join();
      assertThat(end.failure()).isNull();
      return end;
    }
  }

  /** Runs an INSERT over endless tables until it has read so many rows, and breaks it off. */
  void insertUntilRead(String script, long rows) {
    insertUntil(script, status -> read(status) >= rows && status.checkpoint() != null);
  }

  /** Runs an INSERT over endless tables until the condition holds, and breaks it off. */
  void insertUntil(String script, Predicate<JobStatus> condition) {
    try (StreamJob job = start(script, RowListener.NONE)) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                JobStatus status = job.status();
                assertThat(status.failure()).isNull();
                return condition.test(status);
              });
    }
  }

  private static long read(JobStatus status) {
    return status.sources().stream()
        .flatMap(source -> source.partitions().stream())
        .mapToLong(JobStatus.Partition::offset)
        .sum();
  }

  /** The values of a topic, in order. */
  List<@Nullable String> values(String topic) {
    List<@Nullable String> values = new ArrayList<>();
    node.records(topic).forEach(record -> values.add(record.value()));
    return values;
  }

  @Override
  public void close() throws IOException {
    node.close();
    try (Stream<Path> paths = Files.walk(folder)) {
      paths.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }
  }
}
