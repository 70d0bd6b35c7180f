package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Streams counts words exactly once, whoever is killed: the application or the node. */
class StreamsIT {

  private static final int PARTITIONS = 2;
  private static final int KILLS_OF_THE_APPLICATION = 3;
  private static final int LINES_BEFORE_A_KILL = 1000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<String> WORDS =
      List.of("mill", "race", "wheel", "water", "stone", "grain", "flour", "sluice");

  private final Random random = new Random(7);

  /** Each word's number in all lines that were written. */
  private final Map<String, Long> batch = new HashMap<>();

  @TempDir private Path folder;

  @Test
  void everyWordIsCountedOnceThroughKillsOfTheApplicationAndTheNode() throws Exception {
    MillraceNode node = MillraceNode.start(folder.resolve("data"));
    String bootstrap = node.bootstrap();
    try (Counts counts = new Counts(bootstrap)) {
      Setup.create(bootstrap, "sentences", PARTITIONS);
      Setup.create(bootstrap, "counts", PARTITIONS);
      for (int kill = 0; kill < KILLS_OF_THE_APPLICATION; kill++) {
        try (Program program = start(bootstrap)) {
          write(bootstrap);
          awaitCounts(counts, program, counts.total() + LINES_BEFORE_A_KILL / 2);
        }
      }
      try (Program program = start(bootstrap)) {
        write(bootstrap);
        awaitCounts(counts, program, counts.total() + LINES_BEFORE_A_KILL / 2);
        node.close();
        node = MillraceNode.startOn(node.port(), folder.resolve("data"));
        awaitCounts(counts, program, batch.values().stream().mapToLong(Long::longValue).sum());
      }

      batch.forEach(
          (word, count) ->
              assertThat(counts.of(word))
                  .as("counts of %s: each number once, in order", word)
                  .isEqualTo(LongStream.rangeClosed(1, count).boxed().toList()));
      assertThat(counts.words()).isEqualTo(batch.keySet());
    } finally {
      node.close();
    }
  }

  private Program start(String bootstrap) throws IOException {
    return Program.start(
        WordCount.class, bootstrap, folder.resolve("state").toString(), "sentences", "counts");
  }

  private static void awaitCounts(Counts counts, Program program, long records) throws IOException {
    Awaitility.await().atMost(PATIENCE).until(() -> counts.read() >= records || !program.isAlive());
    assertThat(program.isAlive()).as("runs: %s", program.errors()).isTrue();
  }

  private void write(String bootstrap) throws Exception {
    try (Producer<String, String> producer = Setup.producer(bootstrap)) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < LINES_BEFORE_A_KILL; i++) {
        List<String> words =
            Stream.generate(() -> WORDS.get(random.nextInt(WORDS.size()))).limit(3).toList();
        words.forEach(word -> batch.merge(word, 1L, Long::sum));
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    "sentences",
                    i % PARTITIONS,
                    null,
                    words.stream().collect(Collectors.joining(" ")))));
      }
      for (Future<?> one : sent) {
        one.get();
      }
    }
  }

  /** The committed output, read as it comes. */
  private static final class Counts implements AutoCloseable {

    private final KafkaConsumer<String, Long> consumer;
    private final Map<String, List<Long>> read = new HashMap<>();
    private long total;

    Counts(String bootstrap) {
      consumer =
          new KafkaConsumer<>(
              Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
              new StringDeserializer(),
              new LongDeserializer());
      List<TopicPartition> partitions = new ArrayList<>();
      for (int i = 0; i < PARTITIONS; i++) {
        partitions.add(new TopicPartition("counts", i));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    /** Reads what there is, and returns how many records came until now. */
    long read() {
      for (ConsumerRecord<String, Long> count : consumer.poll(Duration.ofMillis(50))) {
        read.computeIfAbsent(count.key(), word -> new ArrayList<>()).add(count.value());
        total++;
      }
      return total;
    }

    long total() {
      return total;
    }

    List<Long> of(String word) {
      return read.getOrDefault(word, List.of());
    }

    Set<String> words() {
      return read.keySet();
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
