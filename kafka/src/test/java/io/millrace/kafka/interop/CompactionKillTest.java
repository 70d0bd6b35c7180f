package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.kafka.NodeFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compaction under load and kills: producers write versions of their keys to a topic of small
 * segments that is compacted all the time, while its node is killed again and again. After each
 * kill a node that the producers do not know of is started on what is left: every key has the last
 * version that was acknowledged or a later one, and a key whose deletion was acknowledged is not
 * there in an older version.
 *
 * <p>{@code -Dtest.kills=N} for more kills than the usual ones.
 */
class CompactionKillTest {

  private static final int KILLS = Integer.getInteger("test.kills", 20);
  private static final int PRODUCERS = 3;
  private static final int KEYS = 120;
  private static final int IN_FLIGHT = 60;

  /** Every fifth version of a key is its deletion. */
  private static final int DELETED_EVERY = 5;

  private static final String VERSION = "version";
  private static final List<TopicPartition> PARTITIONS =
      List.of(new TopicPartition("state", 0), new TopicPartition("state", 1));

  @TempDir Path folder;
  private String bootstrap = "";
  private final AtomicIntegerArray sent = new AtomicIntegerArray(KEYS);
  private final AtomicIntegerArray acknowledged = new AtomicIntegerArray(KEYS);
  private final AtomicLong acknowledgements = new AtomicLong();
  private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean enough;

  @Test
  void theLatestValueOfEveryKeyStandsHoweverOftenTheNodeIsKilled() throws Exception {
    int port = freePort();
    bootstrap = "127.0.0.1:" + port;
    List<String> command =
        new ArrayList<>(
            ClientProcess.java(
                NodeProcess.class,
                folder.resolve("data").toString(),
                Integer.toString(port),
                "20"));
    // Most of the test is the start of nodes that live for a second.
    command.add(1, "-XX:TieredStopAtLevel=1");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Thread> producers = new ArrayList<>();
    ClientProcess node = start(command);
    try {
      createTopic();
      for (int i = 0; i < PRODUCERS; i++) {
        int first = i * KEYS / PRODUCERS;
        int end = (i + 1) * KEYS / PRODUCERS;
        producers.add(
            Thread.ofPlatform().daemon().name("producer-" + i).start(() -> produce(first, end)));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        long before = acknowledgements.get();
        await()
            .atMost(Duration.ofSeconds(60))
            .pollDelay(Duration.ofMillis(random.nextInt(400)))
            .pollInterval(Duration.ofMillis(5))
            .until(() -> acknowledgements.get() > before + 200);
        int[] mustBeThere = new int[KEYS];
        for (int key = 0; key < KEYS; key++) {
          mustBeThere[key] = acknowledged.get(key);
        }
        node.close();
        try (NodeFixture left = new NodeFixture(folder.resolve("data"))) {
          check(readAll(left.bootstrap()), mustBeThere, "seed " + seed + ", kill " + kill);
        }
        node = start(command);
      }
      enough = true;
      for (Thread producer : producers) {
        producer.join(Duration.ofSeconds(60));
        assertThat(producer.isAlive()).isFalse();
      }
      assertThat(failures).isEmpty();
      awaitMostOfItCompacted();
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
    await().atMost(Duration.ofSeconds(60)).until(() -> node.output().startsWith("serving"));
    return node;
  }

  private void createTopic() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("state", PARTITIONS.size(), (short) 1)
                      .configs(
                          Map.of(
                              "cleanup.policy", "compact",
                              "segment.bytes", "16384",
                              "min.cleanable.dirty.ratio", "0.01",
                              "delete.retention.ms", "100",
                              "file.delete.delay.ms", "0"))))
          .all()
          .get();
    }
  }

  /** Writes version after version of the keys that are this producer's, until told to stop. */
  private void produce(int first, int end) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("reconnect.backoff.max.ms", 200);
    settings.put("retry.backoff.max.ms", 200);
    settings.put("compression.type", first == 0 ? "lz4" : "none");
    Random random = new Random(first);
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    try (KafkaProducer<Integer, String> producer =
        new KafkaProducer<>(settings, new IntegerSerializer(), new StringSerializer())) {
      while (!enough) {
        int key = first + random.nextInt(end - first);
        int version = sent.incrementAndGet(key);
        boolean deleted = version % DELETED_EVERY == 0;
        ProducerRecord<Integer, String> record =
            new ProducerRecord<>(
                "state", key % PARTITIONS.size(), key, deleted ? null : "x".repeat(80));
        record.headers().add(new RecordHeader(VERSION, bytes(version)));
        inFlight.acquire();
        Future<RecordMetadata> unused =
            producer.send(
                record,
                (written, failure) -> {
                  inFlight.release();
                  if (failure == null) {
                    acknowledged.accumulateAndGet(key, version, Math::max);
                    acknowledgements.incrementAndGet();
                  } else {
                    failures.add(failure);
                  }
                });
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] bytes(int version) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(version).array();
  }

  private static int version(ConsumerRecord<Integer, String> record) {
    return ByteBuffer.wrap(record.headers().lastHeader(VERSION).value()).getInt();
  }

  private void check(
      List<ConsumerRecord<Integer, String>> records, int[] mustBeThere, String when) {
    Map<Integer, Integer> found = new HashMap<>();
    for (ConsumerRecord<Integer, String> record : records) {
      int version = version(record);
      assertThat(record.value() == null)
          .as("%s, key %d, version %d", when, record.key(), version)
          .isEqualTo(version % DELETED_EVERY == 0);
      Integer before = found.put(record.key(), version);
      assertThat(version)
          .as("%s: versions of key %d are in order", when, record.key())
          .isGreaterThan(before == null ? 0 : before);
    }
    for (int key = 0; key < KEYS; key++) {
      int least = mustBeThere[key];
      int most = sent.get(key);
      Integer version = found.get(key);
      if (version == null) {
        int lastDeletion = most - most % DELETED_EVERY;
        assertThat(least == 0 || lastDeletion >= least)
            .as("%s: key %d is there, version %d or later", when, key, least)
            .isTrue();
      } else {
        assertThat(version).as("%s: key %d", when, key).isBetween(least, most);
      }
    }
  }

  private static List<ConsumerRecord<Integer, String>> readAll(String from) {
    List<ConsumerRecord<Integer, String>> records = new ArrayList<>();
    try (KafkaConsumer<Integer, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", from, "auto.offset.reset", "earliest"),
            new IntegerDeserializer(),
            new StringDeserializer())) {
      consumer.assign(PARTITIONS);
      consumer.seekToBeginning(PARTITIONS);
      Map<TopicPartition, Long> ends = consumer.endOffsets(PARTITIONS);
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return PARTITIONS.stream()
                    .allMatch(each -> consumer.position(each) >= ends.get(each));
              });
    }
    return records;
  }

  /** Without this the test would also pass where nothing is ever compacted. */
  private void awaitMostOfItCompacted() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> readAll(bootstrap).size() < acknowledgements.get() / 2);
  }
}
