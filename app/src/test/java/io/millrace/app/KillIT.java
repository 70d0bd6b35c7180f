package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.app.Launcher.RunningNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is killed again and again under load loses and repeats nothing. */
class KillIT {

  private static final int KILLS = Integer.getInteger("kills", 100);
  private static final int PARTITIONS = 3;
  private static final int MOST_UNACKNOWLEDGED = 300;
  private static final int SHORTEST_LIFE_MILLIS = 20;
  private static final int LONGEST_LIFE_MILLIS = 400;

  @TempDir Path folder;
  private final Queue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
  private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();

  /** A record that the node has promised to keep. */
  private record Acknowledged(TopicPartition partition, long offset, String value) {}

  @Test
  void everyAcknowledgedRecordIsThereOnceAndInOrderAfterKillsUnderLoad() throws Exception {
    int port = freePort();
    Path data = folder.resolve("data");
    Random random = new Random(20_260_101);
    Load load;
    RunningNode node = RunningNode.startOn(port, data);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("orders", PARTITIONS, (short) 1)
                      .configs(Map.of("durability", "commit"))))
          .all()
          .get();
      load = new Load(port);
      for (int kill = 0; kill < KILLS; kill++) {
        // Each life takes in something, so that each death has something to lose.
        int before = acknowledged.size();
        await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() > before);
        TimeUnit.MILLISECONDS.sleep(
            random.nextInt(SHORTEST_LIFE_MILLIS, LONGEST_LIFE_MILLIS)); // the moment is random
        node.kill();
        node = RunningNode.startOn(port, data);
      }
      load.finish();
      checkAll(port, load.sent());
    } finally {
      node.close();
    }
  }

  private void checkAll(int port, int[] sent) {
    assertThat(failures).isEmpty();
    List<List<String>> found = readAll(port, sent);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < sent[partition]; i++) {
        expected.add(Integer.toString(i));
      }
      assertThat(found.get(partition)).as("partition %d", partition).isEqualTo(expected);
    }
    for (Acknowledged one : acknowledged) {
      assertThat(found.get(one.partition().partition()).get((int) one.offset()))
          .as("%s at offset %d", one.partition(), one.offset())
          .isEqualTo(one.value());
    }
    System.out.printf("%d kills, %d records acknowledged%n", KILLS, acknowledged.size());
  }

  private static List<List<String>> readAll(int port, int[] sent) {
    List<List<String>> found = new ArrayList<>();
    int total = 0;
    List<TopicPartition> partitions = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      found.add(new ArrayList<>());
      partitions.add(new TopicPartition("orders", i));
      total += sent[i];
    }
    int expected = total;
    AtomicInteger read = new AtomicInteger();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", "127.0.0.1:" + port, "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(partitions);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                for (ConsumerRecord<String, String> record :
                    consumer.poll(Duration.ofMillis(100))) {
                  found.get(record.partition()).add(record.value());
                  read.incrementAndGet();
                }
                // More than was sent would be duplicates, and is for the comparison to show.
                return read.get() >= expected
                    && consumer.endOffsets(partitions).values().stream()
                            .mapToLong(Long::longValue)
                            .sum()
                        == read.get();
              });
    }
    return found;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** An idempotent producer that numbers its records partition by partition, on a thread. */
  private final class Load {

    private final int[] sent = new int[PARTITIONS];
    private final Semaphore unacknowledged = new Semaphore(MOST_UNACKNOWLEDGED);
    private final KafkaProducer<String, String> producer;
    private final Thread thread;
    private volatile boolean finished;

    Load(int port) {
      producer =
          new KafkaProducer<>(
              Map.of(
                  "bootstrap.servers", "127.0.0.1:" + port,
                  "acks", "all",
                  "enable.idempotence", true,
                  "batch.size", 2000,
                  "reconnect.backoff.max.ms", 100,
                  "request.timeout.ms", 10_000,
                  "delivery.timeout.ms", 600_000),
              new StringSerializer(),
              new StringSerializer());
      thread = Thread.ofPlatform().name("load").start(this::run);
    }

    private void run() {
      try {
        while (!finished) {
          int partition = (sent[0] + sent[1] + sent[2]) % PARTITIONS;
          String value = Integer.toString(sent[partition]++);
          unacknowledged.acquire();
          var unused =
              producer.send(
                  new ProducerRecord<>("orders", partition, "key", value),
                  (where, failure) -> ended(where, value, failure));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void ended(RecordMetadata where, String value, Exception failure) {
      unacknowledged.release();
      if (failure != null) {
        failures.add(failure);
      } else {
        acknowledged.add(
            new Acknowledged(
                new TopicPartition(where.topic(), where.partition()), where.offset(), value));
      }
    }

    void finish() throws InterruptedException {
      finished = true;
      thread.join();
      producer.flush();
      producer.close();
    }

    int[] sent() {
      return sent;
    }
  }
}
