package io.millrace.app.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.demo.Results.LateFlight;
import io.millrace.app.demo.Results.Table;
import io.millrace.app.demo.Results.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the result topics from their beginning with an ordinary consumer (read_committed), on a
 * thread of its own, and keeps every row with the times at which it was appended and received.
 */
final class ResultTopics implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long CLOSE_MILLIS = 5_000;
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * A row of a window table.
   *
   * @param appendedMillis when the broker appended it
   * @param receivedMillis when this consumer had it
   */
  record Row(Window window, long appendedMillis, long receivedMillis) {}

  private final Consumer<String, String> consumer;
  private final Thread thread;
  private final ConcurrentLinkedQueue<Row> rows = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<LateFlight> late = new ConcurrentLinkedQueue<>();
  private final AtomicInteger windowCount = new AtomicInteger();
  private final AtomicInteger lateCount = new AtomicInteger();
  private volatile @Nullable RuntimeException failure;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile int answered;
  private volatile boolean stopping;

  /** Starts to read; the topics have to exist. */
  ResultTopics(String bootstrap) {
    consumer = consumer(bootstrap, "results");
    List<TopicPartition> partitions =
        Stream.concat(Stream.of(Table.values()).map(Table::topic), Stream.of(Results.LATE_TOPIC))
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread = Thread.ofPlatform().daemon().name("demo-results").start(this::read);
  }

  /** A consumer of text without a group. */
  static Consumer<String, String> consumer(String bootstrap, String clientId) {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrap,
            ConsumerConfig.CLIENT_ID_CONFIG,
            clientId,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG,
            false),
        new StringDeserializer(),
        new StringDeserializer());
  }

  /** Window rows read so far. */
  int windowCount() {
    return windowCount.get();
  }

  /** Late flights read so far. */
  int lateCount() {
    return lateCount.get();
  }

  /** Window rows read so far, with their times. */
  List<Row> rows() {
    return new ArrayList<>(rows);
  }

  /** All that was read so far. */
  Results results() {
    return new Results(rows.stream().map(Row::window).toList(), List.copyOf(new ArrayList<>(late)));
  }

  /**
   * Waits until everything is read that is in the topics when this is called.
   *
   * @throws IllegalStateException when a record could not be read as a result, or it takes too long
   */
  void awaitEnd(Duration atMost) throws InterruptedException {
    int question = asked.incrementAndGet();
    long deadline = System.nanoTime() + atMost.toNanos();
    while (answered < question) {
      throwFailure();
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "the result topics could not be read to their end within " + atMost.toSeconds() + " s");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throwFailure();
  }

  private void throwFailure() {
    RuntimeException failed = failure;
    if (failed != null) {
      throw new IllegalStateException("reading the results failed: " + failed.getMessage(), failed);
    }
  }

  private void read() {
    try (consumer) {
      while (!stopping) {
        int question = asked.get();
        Map<TopicPartition, Long> ends =
            question == answered ? Map.of() : consumer.endOffsets(consumer.assignment());
        do {
          for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
            take(record, System.currentTimeMillis());
          }
        } while (!stopping && !reached(ends));
        answered = question;
      }
    } catch (WakeupException e) {
      // Closing.
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private boolean reached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
  }

  private void take(ConsumerRecord<String, String> record, long receivedMillis) {
    JsonNode row;
    try {
      row = JSON.readTree(record.value());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          record.topic() + " has a record that is no JSON: " + record.value(), e);
    }
    if (record.topic().equals(Results.LATE_TOPIC)) {
      late.add(
          new LateFlight(
              record.key(),
              row.path("destination").asText(),
              time(row, "scheduled"),
              row.path("delay").asInt(),
              time(row, "passed")));
      lateCount.incrementAndGet();
    } else {
      rows.add(new Row(window(record, row), record.timestamp(), receivedMillis));
      windowCount.incrementAndGet();
    }
  }

  private static Window window(ConsumerRecord<String, String> record, JsonNode row) {
    Table table =
        Stream.of(Table.values())
            .filter(candidate -> candidate.topic().equals(record.topic()))
            .findFirst()
            .orElseThrow();
    return new Window(
        table,
        record.key(),
        time(row, "window_start"),
        time(row, "window_end"),
        row.path("departures").asLong(-1),
        row.path("mean_delay").asDouble(Double.NaN),
        row.path("p95_delay").asDouble(Double.NaN));
  }

  private static long time(JsonNode row, String column) {
    return SqlTimestamp.parse(row.path(column).asText());
  }

  /** Ends the thread and its consumer. */
  @Override
  public void close() {
    stopping = true;
    consumer.wakeup();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
