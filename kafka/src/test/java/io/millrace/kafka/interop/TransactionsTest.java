package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.kafka.NodeFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions by Kafka's own Java clients, unmodified, which speak the second version. */
class TransactionsTest {

  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
  private static final TopicPartition BILLS = new TopicPartition("bills", 0);

  @TempDir Path folder;
  private NodeFixture node;

  @BeforeEach
  void start() throws Exception {
    node = new NodeFixture(folder.resolve("data"));
    try (Admin admin = admin()) {
      admin
          .createTopics(
              List.of(new NewTopic("orders", 1, (short) 1), new NewTopic("bills", 1, (short) 1)))
          .all()
          .get();
    }
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
  }

  private KafkaProducer<String, String> producer(String transactionalId, int timeoutMillis) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", node.bootstrap());
    settings.put("transactional.id", transactionalId);
    settings.put("transaction.timeout.ms", timeoutMillis);
    settings.put("max.block.ms", 20_000);
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private KafkaProducer<String, String> producer(String transactionalId) {
    KafkaProducer<String, String> producer = producer(transactionalId, 60_000);
    producer.initTransactions();
    return producer;
  }

  private KafkaConsumer<String, String> consumer(String isolation) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", node.bootstrap(),
            "group.id", "readers",
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest",
            "isolation.level", isolation),
        new StringDeserializer(),
        new StringDeserializer());
  }

  private static void send(KafkaProducer<String, String> producer, String... values) {
    for (String value : values) {
      Future<RecordMetadata> unused = producer.send(new ProducerRecord<>("orders", 0, "k", value));
    }
  }

  private static void bill(KafkaProducer<String, String> producer, String value) {
    Future<RecordMetadata> unused = producer.send(new ProducerRecord<>("bills", 0, "k", value));
  }

  /** Reads until the end of what the isolation level shows, and returns the values. */
  private List<String> read(TopicPartition partition, String isolation) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = consumer(isolation)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(100))) {
                  values.add(each.value());
                }
                return consumer.position(partition) >= end;
              });
    }
    return values;
  }

  @Test
  void whatIsCommittedIsReadAndWhatIsAbortedIsNot() throws Exception {
    try (KafkaProducer<String, String> producer = producer("p");
        Admin admin = admin()) {
      producer.beginTransaction();
      send(producer, "a", "b");
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, "dropped");
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, "c");
      producer.commitTransaction();
      assertThat(read(ORDERS, "read_committed")).containsExactly("a", "b", "c");
      assertThat(read(ORDERS, "read_uncommitted")).containsExactly("a", "b", "dropped", "c");

      producer.beginTransaction();
      send(producer, "open");
      producer.flush();
      assertThat(read(ORDERS, "read_committed")).containsExactly("a", "b", "c");
      assertThat(read(ORDERS, "read_uncommitted")).endsWith("c", "open");
      long stable = latest(admin, IsolationLevel.READ_COMMITTED);
      assertThat(latest(admin, IsolationLevel.READ_UNCOMMITTED)).isEqualTo(stable + 1);

      TransactionDescription described =
          admin.describeTransactions(List.of("p")).all().get().get("p");
      assertThat(described.state()).isEqualTo(TransactionState.ONGOING);
      assertThat(described.topicPartitions()).containsExactly(ORDERS);
      assertThat(admin.listTransactions().all().get()).hasSize(1);
      assertThat(
              admin
                  .describeProducers(List.of(ORDERS))
                  .partitionResult(ORDERS)
                  .get()
                  .activeProducers()
                  .getFirst()
                  .currentTransactionStartOffset())
          .hasValue(stable);
      producer.commitTransaction();
      assertThat(read(ORDERS, "read_committed")).endsWith("c", "open");
    }
  }

  private static long latest(Admin admin, IsolationLevel isolation) throws Exception {
    return admin
        .listOffsets(Map.of(ORDERS, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
        .partitionResult(ORDERS)
        .get()
        .offset();
  }

  @Test
  void aReaderOfCommittedRecordsThatWaitsIsWokenByTheMarker() {
    try (KafkaProducer<String, String> producer = producer("p");
        KafkaConsumer<String, String> consumer = consumer("read_committed")) {
      producer.beginTransaction();
      send(producer, "a");
      producer.flush();
      consumer.assign(List.of(ORDERS));
      assertThat(consumer.poll(Duration.ofMillis(500))).isEmpty();
      producer.commitTransaction();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());
    }
  }

  @Test
  void transactionsAndTheirMarkersSurviveARestart() {
    try (KafkaProducer<String, String> producer = producer("p")) {
      producer.beginTransaction();
      send(producer, "dropped");
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, "a");
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, "open");
      producer.flush();
      // Without the time to abort.
      producer.close(Duration.ZERO);
    }
    node.close();
    node = new NodeFixture(folder.resolve("data"));
    assertThat(read(ORDERS, "read_committed")).containsExactly("a");
    // The next producer of that name aborts what was left open.
    try (KafkaProducer<String, String> producer = producer("p")) {
      producer.beginTransaction();
      send(producer, "b");
      producer.commitTransaction();
    }
    assertThat(read(ORDERS, "read_committed")).containsExactly("a", "b");
    assertThat(read(ORDERS, "read_uncommitted")).containsExactly("dropped", "a", "open", "b");
  }

  @Test
  void offsetsAreCommittedTogetherWithTheRecords() {
    try (KafkaProducer<String, String> producer = producer("p");
        KafkaConsumer<String, String> consumer = consumer("read_committed")) {
      consumer.assign(List.of(ORDERS));
      producer.beginTransaction();
      bill(producer, "dropped");
      producer.sendOffsetsToTransaction(
          Map.of(ORDERS, new OffsetAndMetadata(7)), consumer.groupMetadata());
      producer.abortTransaction();
      assertThat(consumer.committed(Set.of(ORDERS)).get(ORDERS)).isNull();

      producer.beginTransaction();
      bill(producer, "bill");
      producer.sendOffsetsToTransaction(
          Map.of(ORDERS, new OffsetAndMetadata(8)), consumer.groupMetadata());
      // While the outcome is open the group's offsets cannot be known.
      assertThatThrownBy(() -> consumer.committed(Set.of(ORDERS), Duration.ofMillis(500)))
          .isInstanceOf(org.apache.kafka.common.errors.TimeoutException.class);
      producer.commitTransaction();
      assertThat(consumer.committed(Set.of(ORDERS)).get(ORDERS).offset()).isEqualTo(8);
      assertThat(read(BILLS, "read_committed")).containsExactly("bill");
    }
    node.close();
    node = new NodeFixture(folder.resolve("data"));
    try (KafkaConsumer<String, String> consumer = consumer("read_committed")) {
      assertThat(consumer.committed(Set.of(ORDERS)).get(ORDERS).offset()).isEqualTo(8);
    }
  }

  @Test
  void aNewProducerFencesTheOneBefore() {
    try (KafkaProducer<String, String> zombie = producer("p");
        KafkaProducer<String, String> next = producer("p", 60_000)) {
      zombie.beginTransaction();
      send(zombie, "zombie");
      zombie.flush();
      next.initTransactions();
      next.beginTransaction();
      send(next, "next");
      next.commitTransaction();
      assertThatThrownBy(zombie::commitTransaction)
          .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
      assertThat(read(ORDERS, "read_committed")).containsExactly("next");
    }
  }

  @Test
  void aTransactionThatTakesTooLongIsAborted() {
    try (KafkaProducer<String, String> producer = producer("p", 1000)) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, "late");
      producer.flush();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                try (Admin admin = admin()) {
                  assertThat(admin.describeTransactions(List.of("p")).all().get().get("p").state())
                      .isEqualTo(TransactionState.COMPLETE_ABORT);
                }
              });
      assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
    }
    assertThat(read(ORDERS, "read_committed")).isEmpty();
  }

  @Test
  void manyTransactionsOfManyPartitionsEndEachAsItsProducerSaid() {
    List<String> committed = new ArrayList<>();
    try (KafkaProducer<String, String> one = producer("one");
        KafkaProducer<String, String> two = producer("two")) {
      for (int i = 0; i < 100; i++) {
        one.beginTransaction();
        two.beginTransaction();
        send(one, "one" + i);
        one.flush();
        send(two, "two" + i);
        two.flush();
        if (i % 3 == 0) {
          one.abortTransaction();
        } else {
          one.commitTransaction();
          committed.add("one" + i);
        }
        if (i % 2 == 0) {
          two.commitTransaction();
          committed.add("two" + i);
        } else {
          two.abortTransaction();
        }
      }
    }
    assertThat(read(ORDERS, "read_committed")).containsExactlyElementsOf(committed);
  }
}
