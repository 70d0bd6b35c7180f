package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

/**
 * What {@link WordCount} reads and writes: lines that are written and counted here too, and the
 * committed counts, read as they come.
 */
final class CountedWords implements AutoCloseable {

  static final String INPUT = "sentences";
  static final String OUTPUT = "counts";
  static final int PARTITIONS = 2;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<String> WORDS =
      List.of("mill", "race", "wheel", "water", "stone", "grain", "flour", "sluice");

  private final Random random = new Random(7);
  private final String bootstrap;
  private final KafkaConsumer<String, Long> consumer;

  /** Each word's number in all lines that were written. */
  private final Map<String, Long> written = new HashMap<>();

  private final Map<String, List<Long>> read = new HashMap<>();
  private long total;

  /** Makes the topics. */
  CountedWords(String bootstrap) throws Exception {
    this.bootstrap = bootstrap;
    Setup.create(bootstrap, INPUT, PARTITIONS);
    Setup.create(bootstrap, OUTPUT, PARTITIONS);
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
            new StringDeserializer(),
            new LongDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      partitions.add(new TopicPartition(OUTPUT, i));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Writes lines of three words each. */
  void write(int lines) throws Exception {
    try (Producer<String, String> producer = Setup.producer(bootstrap)) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < lines; i++) {
        List<String> words =
            Stream.generate(() -> WORDS.get(random.nextInt(WORDS.size()))).limit(3).toList();
        words.forEach(word -> written.merge(word, 1L, Long::sum));
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    INPUT, i % PARTITIONS, null, words.stream().collect(Collectors.joining(" ")))));
      }
      for (Future<?> one : sent) {
        one.get();
      }
    }
  }

  /** Waits for some more counts than were read before. */
  void awaitMore(int more, Program... programs) throws IOException {
    await(total + more, programs);
  }

  /** Waits for as many counts as words were written. */
  void awaitAll(Program... programs) throws IOException {
    await(written.values().stream().mapToLong(Long::longValue).sum(), programs);
  }

  private void await(long records, Program... programs) throws IOException {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> read() >= records || Stream.of(programs).anyMatch(program -> !program.isAlive()));
    for (Program program : programs) {
      assertThat(program.isAlive()).as("runs: %s", program.errors()).isTrue();
    }
  }

  private long read() {
    for (ConsumerRecord<String, Long> count : consumer.poll(Duration.ofMillis(50))) {
      read.computeIfAbsent(count.key(), word -> new ArrayList<>()).add(count.value());
      total++;
    }
    return total;
  }

  /** Each word has each of its numbers once, in order. */
  void assertExact() {
    written.forEach(
        (word, count) ->
            assertThat(read.getOrDefault(word, List.of()))
                .as("counts of %s: each number once, in order", word)
                .isEqualTo(LongStream.rangeClosed(1, count).boxed().toList()));
    assertThat(read.keySet()).isEqualTo(written.keySet());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
