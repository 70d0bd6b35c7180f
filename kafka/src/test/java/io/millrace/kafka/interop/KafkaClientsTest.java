package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.kafka.NodeFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own Java clients, unmodified. */
class KafkaClientsTest {

  @TempDir Path folder;
  private NodeFixture node;

  @BeforeEach
  void start() {
    node = new NodeFixture(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
  }

  private KafkaProducer<String, String> producer(Map<String, Object> more) {
    Map<String, Object> settings = new java.util.HashMap<>(more);
    settings.put("bootstrap.servers", node.bootstrap());
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private KafkaConsumer<String, String> consumer(Map<String, Object> more) {
    Map<String, Object> settings = new java.util.HashMap<>(more);
    settings.put("bootstrap.servers", node.bootstrap());
    settings.putIfAbsent("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  private static void create(Admin admin, String topic, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  @Test
  void idempotentProducerWritesEachRecordOnceAndInOrder() throws Exception {
    try (Admin admin = admin();
        KafkaProducer<String, String> producer =
            producer(
                Map.of(
                    "enable.idempotence",
                    true,
                    "acks",
                    "all",
                    "max.in.flight.requests.per.connection",
                    5,
                    "batch.size",
                    500))) {
      create(admin, "orders", 1);
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < 5000; i++) {
        sent.add(producer.send(new ProducerRecord<>("orders", "k", "v" + i)));
      }
      for (int i = 0; i < sent.size(); i++) {
        assertThat(sent.get(i).get().offset()).isEqualTo(i);
      }
    }
    assertThat(readAll("orders", 0, 5000))
        .extracting(ConsumerRecord::value)
        .containsExactlyElementsOf(
            java.util.stream.IntStream.range(0, 5000).mapToObj(i -> "v" + i).toList());
  }

  private List<ConsumerRecord<String, String>> readAll(String topic, int partition, int count) {
    List<ConsumerRecord<String, String>> all = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = consumer(Map.of())) {
      consumer.assign(List.of(new TopicPartition(topic, partition)));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
                return all.size() >= count;
              });
    }
    return all;
  }

  @Test
  void fetchesRecordsLargerThanTheConsumersLimits() throws Exception {
    String large = "x".repeat(900_000);
    try (KafkaProducer<String, String> producer = producer(Map.of("max.request.size", 1_000_000));
        KafkaConsumer<String, String> consumer =
            consumer(Map.of("fetch.max.bytes", 1000, "max.partition.fetch.bytes", 1000))) {
      producer.send(new ProducerRecord<>("large", 0, "k", large)).get();
      producer.send(new ProducerRecord<>("large", 0, "k", "small")).get();
      consumer.assign(List.of(new TopicPartition("large", 0)));
      List<String> values = new ArrayList<>();
      await()
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
                return values.size() == 2;
              });
      assertThat(values).containsExactly(large, "small");
    }
  }

  @Test
  void administersTopics() throws Exception {
    try (Admin admin = admin()) {
      create(admin, "orders", 2);
      assertThatThrownBy(() -> create(admin, "orders", 2))
          .hasCauseInstanceOf(TopicExistsException.class);
      assertThatThrownBy(() -> create(admin, "bad name", 2))
          .hasCauseInstanceOf(InvalidTopicException.class);

      admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(4))).all().get();
      TopicDescription described =
          admin.describeTopics(List.of("orders")).allTopicNames().get().get("orders");
      assertThat(described.partitions()).hasSize(4);
      assertThat(described.partitions().getFirst().leader().id()).isEqualTo(1);

      assertThat(admin.listTopics().names().get()).contains("orders");
      assertThat(admin.describeCluster().nodes().get()).hasSize(1);
      admin.deleteTopics(List.of("orders")).all().get();
      assertThat(admin.listTopics().names().get()).doesNotContain("orders");
      assertThatThrownBy(() -> admin.deleteTopics(List.of("orders")).all().get())
          .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }
  }

  @Test
  void describesAndChangesATopicsSettings() throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    try (Admin admin = admin()) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("orders", 1, (short) 1).configs(Map.of("retention.ms", "60000"))))
          .all()
          .get();
      assertThat(setting(admin, topic, "retention.ms").value()).isEqualTo("60000");
      assertThat(setting(admin, topic, "retention.ms").source())
          .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
      assertThat(setting(admin, topic, "cleanup.policy").value()).isEqualTo("delete");
      assertThat(setting(admin, topic, "cleanup.policy").isDefault()).isTrue();

      change(admin, topic, "durability", "commit", AlterConfigOp.OpType.SET);
      change(admin, topic, "retention.ms", null, AlterConfigOp.OpType.DELETE);
      assertThat(setting(admin, topic, "durability").value()).isEqualTo("commit");
      assertThat(setting(admin, topic, "retention.ms").value()).isEqualTo("604800000");

      assertThatThrownBy(
              () -> change(admin, topic, "retention.ms", "soon", AlterConfigOp.OpType.SET))
          .hasCauseInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining("retention.ms");
      assertThatThrownBy(() -> change(admin, topic, "colour", "red", AlterConfigOp.OpType.SET))
          .hasCauseInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining("colour");
    }
  }

  private static ConfigEntry setting(Admin admin, ConfigResource topic, String name)
      throws ExecutionException, InterruptedException {
    return admin.describeConfigs(List.of(topic)).all().get().get(topic).get(name);
  }

  private static void change(
      Admin admin, ConfigResource topic, String name, String value, AlterConfigOp.OpType type)
      throws ExecutionException, InterruptedException {
    admin
        .incrementalAlterConfigs(
            Map.of(topic, List.of(new AlterConfigOp(new ConfigEntry(name, value), type))))
        .all()
        .get();
  }

  @Test
  void findsOffsetsByTimeAndDeletesRecords() throws Exception {
    TopicPartition partition = new TopicPartition("orders", 0);
    try (Admin admin = admin();
        KafkaProducer<String, String> producer = producer(Map.of())) {
      create(admin, "orders", 1);
      for (int i = 0; i < 10; i++) {
        producer.send(new ProducerRecord<>("orders", 0, 1000L + i * 10L, "k", "v" + i)).get();
      }
      assertThat(offset(admin, partition, OffsetSpec.latest())).isEqualTo(10);
      assertThat(offset(admin, partition, OffsetSpec.earliest())).isZero();
      assertThat(offset(admin, partition, OffsetSpec.forTimestamp(1035))).isEqualTo(4);
      assertThat(offset(admin, partition, OffsetSpec.maxTimestamp())).isEqualTo(9);

      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3))).all().get();
      assertThat(offset(admin, partition, OffsetSpec.earliest())).isEqualTo(3);
      assertThat(readAll("orders", 0, 7).getFirst().value()).isEqualTo("v3");
    }
  }

  private static long offset(Admin admin, TopicPartition partition, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    return admin.listOffsets(Map.of(partition, spec)).partitionResult(partition).get().offset();
  }

  @Test
  void aGroupOfThreeReadsOnWhenAMemberIsKilled() throws Exception {
    try (Admin admin = admin();
        KafkaProducer<String, String> producer = producer(Map.of())) {
      create(admin, "orders", 6);
      List<String> command =
          ClientProcess.java(GroupMember.class, node.bootstrap(), "orders", "readers");
      try (ClientProcess first = ClientProcess.start(folder, command);
          ClientProcess second = ClientProcess.start(folder, command);
          ClientProcess third = ClientProcess.start(folder, command)) {
        List<ClientProcess> all = List.of(first, second, third);
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () -> {
                  for (ClientProcess member : all) {
                    assertThat(lastAssigned(member)).isEqualTo(2);
                  }
                });
        for (int i = 0; i < 600; i++) {
          producer.send(new ProducerRecord<>("orders", "k" + i, "v" + i)).get();
        }
        third.kill();
        for (int i = 600; i < 1200; i++) {
          producer.send(new ProducerRecord<>("orders", "k" + i, "v" + i)).get();
        }
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () -> {
                  assertThat(lastAssigned(first) + lastAssigned(second)).isEqualTo(6);
                  Set<String> seen = new TreeSet<>();
                  for (ClientProcess member : all) {
                    member
                        .output()
                        .lines()
                        .filter(line -> line.startsWith("record "))
                        .forEach(seen::add);
                  }
                  assertThat(seen).hasSize(1200);
                });
        assertThat(
                admin
                    .describeConsumerGroups(List.of("readers"))
                    .all()
                    .get()
                    .get("readers")
                    .members())
            .hasSize(2);
      }
    }
  }

  private static int lastAssigned(ClientProcess member) throws java.io.IOException {
    return member
        .output()
        .lines()
        .filter(line -> line.startsWith("assigned "))
        .reduce((one, next) -> next)
        .map(line -> Integer.parseInt(line.substring("assigned ".length())))
        .orElse(0);
  }

  @Test
  void committedOffsetsAndGroupsSurviveARestart() throws Exception {
    TopicPartition partition = new TopicPartition("orders", 0);
    try (KafkaProducer<String, String> producer = producer(Map.of());
        KafkaConsumer<String, String> consumer = consumer(Map.of("group.id", "readers"))) {
      producer.send(new ProducerRecord<>("orders", 0, "k", "a")).get();
      producer.send(new ProducerRecord<>("orders", 0, "k", "b")).get();
      consumer.assign(List.of(partition));
      consumer.seek(partition, 1);
      consumer.commitSync();
    }
    node.close();
    node = new NodeFixture(folder.resolve("data"));

    try (KafkaConsumer<String, String> consumer = consumer(Map.of("group.id", "readers"));
        Admin admin = admin()) {
      assertThat(consumer.committed(Set.of(partition)).get(partition).offset()).isEqualTo(1);
      assertThat(admin.listGroups().all().get()).extracting("groupId").contains("readers");
      admin.deleteConsumerGroups(List.of("readers")).all().get();
      assertThat(consumer.committed(Set.of(partition)).get(partition)).isNull();
    }
  }

  @Test
  void settingsOfTheNodeThatNobodyGaveCanBeTakenBack() throws Exception {
    ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
    try (Admin admin = admin()) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  broker,
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("leader.replication.throttled.rate", ""),
                          AlterConfigOp.OpType.DELETE))))
          .all()
          .get();
      assertThatThrownBy(
              () ->
                  admin
                      .incrementalAlterConfigs(
                          Map.of(
                              broker,
                              List.of(
                                  new AlterConfigOp(
                                      new ConfigEntry("node.id", "7"), AlterConfigOp.OpType.SET))))
                      .all()
                      .get())
          .hasCauseInstanceOf(InvalidRequestException.class);
    }
  }
}
