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
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
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
  private record Acknowledged(int partition, long offset, int number) {}

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
    List<List<Integer>> found = readAll(port);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      assertThat(found.get(partition))
          .as("partition %d", partition)
          .isEqualTo(IntStream.range(0, sent[partition]).boxed().toList());
    }
    for (Acknowledged one : acknowledged) {
      assertThat(found.get(one.partition()).get((int) one.offset()))
          .as("partition %d, offset %d", one.partition(), one.offset())
          .isEqualTo(one.number());
    }
    System.out.printf("%d kills, %d records acknowledged%n", KILLS, acknowledged.size());
  }

  private static List<List<Integer>> readAll(int port) {
    List<List<Integer>> found = new ArrayList<>();
    List<TopicPartition> partitions = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      found.add(new ArrayList<>());
      partitions.add(new TopicPartition("orders", i));
    }
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + port,
                "auto.offset.reset",
                "none",
                "max.poll.records",
                20_000),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      await()
          .atMost(Duration.ofMinutes(3))
          .until(
              () -> {
                ConsumerRecords<String, String> records;
                do {
                  records = consumer.poll(Duration.ofSeconds(1));
                  for (ConsumerRecord<String, String> record : records) {
                    found.get(record.partition()).add(Integer.parseInt(record.value()));
                  }
                } while (!records.isEmpty());
                return ends.entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
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
          int number = sent[partition]++;
          unacknowledged.acquire();
          var unused =
              producer.send(
                  new ProducerRecord<>("orders", partition, "key", Integer.toString(number)),
                  (where, failure) -> ended(where, number, failure));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void ended(RecordMetadata where, int number, Exception failure) {
      unacknowledged.release();
      if (failure != null) {
        failures.add(failure);
      } else {
        acknowledged.add(new Acknowledged(where.partition(), where.offset(), number));
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
