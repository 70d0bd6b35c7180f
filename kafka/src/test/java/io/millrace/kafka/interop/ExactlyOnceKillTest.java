package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client copies a topic by transactions that also commit its position, while its node is killed
 * again and again: the copy has each record once, in order.
 */
class ExactlyOnceKillTest {

  private static final int KILLS = 12;
  private static final int MOST_PER_TRANSACTION = 5;
  private static final TopicPartition INPUT = new TopicPartition("input", 0);
  private static final TopicPartition OUTPUT = new TopicPartition("output", 0);

  @TempDir Path folder;
  private String bootstrap = "";
  private int records;
  private final AtomicLong copied = new AtomicLong();
  private volatile boolean enough;

  @Test
  void aCopyHasEachRecordOnceHoweverOftenTheNodeIsKilled() throws Exception {
    int port = freePort();
    bootstrap = "127.0.0.1:" + port;
    List<String> command =
        ClientProcess.java(
            NodeProcess.class, folder.resolve("data").toString(), Integer.toString(port));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ClientProcess node = start(command);
    try {
      fill(20_000);
      Thread copier = Thread.ofPlatform().daemon().name("copier").start(this::copy);
      for (int kill = 0; kill < KILLS; kill++) {
        long before = copied.get();
        await()
            .atMost(Duration.ofSeconds(60))
            .pollDelay(Duration.ofMillis(random.nextInt(300)))
            .pollInterval(Duration.ofMillis(5))
            .until(() -> copied.get() > before);
        node.close();
        node = start(command);
      }
      enough = true;
      copier.join(Duration.ofSeconds(90));
      assertThat(copier.isAlive()).isFalse();
      long position = committed();
      assertThat(position).as("seed %d", seed).isPositive();
      assertThat(readOutput(position))
          .as("seed %d", seed)
          .containsExactlyElementsOf(
              IntStream.range(0, (int) position).mapToObj(i -> "copy of " + i).toList());
    } finally {
      enough = true;
      node.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private ClientProcess start(List<String> command) throws IOException {
    ClientProcess node = ClientProcess.start(folder, command);
    await().atMost(Duration.ofSeconds(30)).until(() -> node.output().startsWith("serving"));
    return node;
  }

  private void fill(int count) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        KafkaProducer<String, String> producer = producer(Map.of())) {
      admin
          .createTopics(
              List.of(new NewTopic("input", 1, (short) 1), new NewTopic("output", 1, (short) 1)))
          .all()
          .get();
      for (int i = 0; i < count; i++) {
        Future<RecordMetadata> unused =
            producer.send(new ProducerRecord<>("input", 0, "k", Integer.toString(i)));
      }
      producer.flush();
    }
    records = count;
  }

  private KafkaProducer<String, String> producer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("bootstrap.servers", bootstrap);
    settings.put("reconnect.backoff.max.ms", 200);
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private KafkaConsumer<String, String> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", bootstrap,
            "group.id", "copiers",
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest",
            "reconnect.backoff.max.ms", "200",
            "max.poll.records", MOST_PER_TRANSACTION,
            "isolation.level", "read_committed"),
        new StringDeserializer(),
        new StringDeserializer());
  }

  /** Copies until told to stop; after a failure that ends its producer it begins anew. */
  private void copy() {
    while (!enough) {
      try (KafkaProducer<String, String> producer =
              producer(Map.of("transactional.id", "copier", "transaction.timeout.ms", 60_000));
          KafkaConsumer<String, String> consumer = consumer()) {
        consumer.assign(List.of(INPUT));
        producer.initTransactions();
        while (!enough) {
          copySome(consumer, producer);
        }
      } catch (KafkaException e) {
        // The producer has been fenced or does not know how its transaction ended.
        Thread.onSpinWait();
      }
    }
  }

  private void copySome(
      KafkaConsumer<String, String> consumer, KafkaProducer<String, String> producer) {
    ConsumerRecords<String, String> some = consumer.poll(Duration.ofMillis(200));
    if (some.isEmpty()) {
      return;
    }
    producer.beginTransaction();
    for (ConsumerRecord<String, String> each : some) {
      Future<RecordMetadata> unused =
          producer.send(new ProducerRecord<>("output", 0, "k", "copy of " + each.value()));
    }
    producer.sendOffsetsToTransaction(
        Map.of(INPUT, new OffsetAndMetadata(consumer.position(INPUT))), consumer.groupMetadata());
    producer.commitTransaction();
    copied.set(consumer.position(INPUT));
  }

  private long committed() {
    try (KafkaConsumer<String, String> consumer = consumer()) {
      OffsetAndMetadata found = consumer.committed(Set.of(INPUT)).get(INPUT);
      assertThat(found).isNotNull();
      assertThat(found.offset()).isBetween(copied.get(), (long) records);
      return found.offset();
    }
  }

  private List<String> readOutput(long count) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = consumer()) {
      consumer.assign(List.of(OUTPUT));
      consumer.seekToBeginning(List.of(OUTPUT));
      long end = consumer.endOffsets(List.of(OUTPUT)).get(OUTPUT);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(each -> values.add(each.value()));
                return values.size() >= count && consumer.position(OUTPUT) >= end;
              });
    }
    return values;
  }
}
