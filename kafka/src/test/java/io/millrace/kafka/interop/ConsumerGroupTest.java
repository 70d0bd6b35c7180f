package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.BrokerSettings;
import io.millrace.broker.group.ConsumerGroupSettings;
import io.millrace.broker.group.GroupSettings;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.UnsupportedAssignorException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own Java consumer with {@code group.protocol=consumer}, unmodified. */
class ConsumerGroupTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String GROUP = "readers";

  @TempDir Path folder;
  private NodeFixture node;

  @BeforeEach
  void start() {
    node = open(0);
  }

  private NodeFixture open(int port) {
    GroupSettings groups =
        GroupSettings.defaults()
            .withConsumer(
                ConsumerGroupSettings.defaults()
                    .withTimes(Duration.ofSeconds(5), Duration.ofMillis(300)));
    return new NodeFixture(
        folder.resolve("data"),
        KafkaSettings.defaults(),
        BrokerSettings.defaults().withGroups(groups),
        port);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
  }

  private KafkaProducer<String, String> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", node.bootstrap()),
        new StringSerializer(),
        new StringSerializer());
  }

  private KafkaConsumer<String, String> consumer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("bootstrap.servers", node.bootstrap());
    settings.put("group.id", GROUP);
    settings.put("auto.offset.reset", "earliest");
    settings.putIfAbsent("group.protocol", "consumer");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  private static void create(Admin admin, String topic, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  private ConsumerGroupDescription described(Admin admin) throws Exception {
    return admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP);
  }

  private ClientProcess member(String pattern, String assignor, String... instance)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of(node.bootstrap(), pattern, GROUP, assignor));
    arguments.addAll(List.of(instance));
    return ClientProcess.start(
        folder, ClientProcess.java(ConsumerGroupMember.class, arguments.toArray(String[]::new)));
  }

  private static List<Integer> sizes(ConsumerGroupDescription group) {
    return group.members().stream()
        .map(member -> member.assignment().topicPartitions().size())
        .sorted()
        .toList();
  }

  private static void send(KafkaProducer<String, String> producer, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      producer.send(new ProducerRecord<>("orders", "k" + i, "v" + i)).get();
    }
  }

  private void awaitStable(Admin admin, List<Integer> sizes) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              ConsumerGroupDescription group = described(admin);
              assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
              assertThat(sizes(group)).isEqualTo(sizes);
            });
  }

  @Test
  void rangeGivesTheSamePartitionsOfTopicsThatMatchThePattern() throws Exception {
    try (Admin admin = admin()) {
      create(admin, "trade-eu", 4);
      create(admin, "other", 4);
      try (ClientProcess first = member("trade-.*", "range");
          ClientProcess second = member("trade-.*", "range")) {
        assertThat(first).isNotSameAs(second);
        awaitStable(admin, List.of(2, 2));
        create(admin, "trade-us", 4);
        awaitStable(admin, List.of(4, 4));
        ConsumerGroupDescription group = described(admin);
        assertThat(group.partitionAssignor()).isEqualTo("range");
        for (MemberDescription member : group.members()) {
          Map<String, Set<Integer>> byTopic =
              member.assignment().topicPartitions().stream()
                  .collect(
                      Collectors.groupingBy(
                          TopicPartition::topic,
                          Collectors.mapping(TopicPartition::partition, Collectors.toSet())));
          assertThat(byTopic.keySet()).containsExactlyInAnyOrder("trade-eu", "trade-us");
          assertThat(byTopic.get("trade-eu"))
              .isEqualTo(byTopic.get("trade-us"))
              .isIn(Set.of(0, 1), Set.of(2, 3));
        }
        admin.createPartitions(Map.of("trade-us", NewPartitions.increaseTo(6))).all().get();
        awaitStable(admin, List.of(5, 5));
        admin.deleteTopics(List.of("trade-eu")).all().get();
        awaitStable(admin, List.of(3, 3));
      }
    }
  }

  @Test
  void aStaticMemberThatRestartsFindsItsPartitionsAgain() throws Exception {
    try (Admin admin = admin()) {
      create(admin, "orders", 4);
      Map<String, Object> desk1 = Map.of("group.instance.id", "desk-1");
      try (ClientProcess other = member("orders", "uniform", "desk-2")) {
        assertThat(other.output()).doesNotContain("record");
        Set<TopicPartition> had;
        try (KafkaConsumer<String, String> consumer = consumer(desk1)) {
          consumer.subscribe(List.of("orders"));
          awaitAssigned(consumer, 2);
          had = consumer.assignment();
          awaitStable(admin, List.of(2, 2));
        }
        int epoch = described(admin).groupEpoch().orElseThrow();
        try (KafkaConsumer<String, String> consumer = consumer(desk1)) {
          consumer.subscribe(List.of("orders"));
          awaitAssigned(consumer, 2);
          assertThat(consumer.assignment()).isEqualTo(had);
        }
        assertThat(described(admin).groupEpoch()).hasValue(epoch);
      }
    }
  }

  private static void awaitAssigned(KafkaConsumer<String, String> consumer, int partitions) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              consumer.poll(Duration.ofMillis(100));
              return consumer.assignment().size() == partitions;
            });
  }

  @Test
  void aGroupIsListedDescribedAndDeletedByItsType() throws Exception {
    try (Admin admin = admin()) {
      create(admin, "orders", 2);
      try (KafkaConsumer<String, String> consumer = consumer(Map.of("client.id", "desk"))) {
        consumer.subscribe(List.of("orders"));
        awaitAssigned(consumer, 2);
        ConsumerGroupDescription group = described(admin);
        assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
        assertThat(group.members()).extracting(MemberDescription::clientId).containsExactly("desk");
        assertThat(admin.listGroups().all().get())
            .filteredOn(each -> each.groupId().equals(GROUP))
            .extracting(each -> each.type().orElseThrow())
            .containsExactly(GroupType.CONSUMER);
        assertThatThrownBy(() -> admin.deleteConsumerGroups(List.of(GROUP)).all().get())
            .hasCauseInstanceOf(GroupNotEmptyException.class);
      }
      assertThat(described(admin).groupState()).isEqualTo(GroupState.EMPTY);
      admin.deleteConsumerGroups(List.of(GROUP)).all().get();
      assertThat(admin.listGroups().all().get()).noneMatch(each -> each.groupId().equals(GROUP));
    }
  }

  @Test
  void whatABrokerCannotDoIsToldToTheConsumer() throws Exception {
    try (Admin admin = admin()) {
      create(admin, "orders", 2);
    }
    try (KafkaConsumer<String, String> consumer =
        consumer(Map.of("group.remote.assignor", "sideways"))) {
      consumer.subscribe(List.of("orders"));
      assertThatThrownBy(() -> awaitAssigned(consumer, 2))
          .isInstanceOf(UnsupportedAssignorException.class);
    }
    try (KafkaConsumer<String, String> consumer = consumer(Map.of())) {
      consumer.subscribe(new SubscriptionPattern("(orders"));
      assertThatThrownBy(() -> awaitAssigned(consumer, 2))
          .isInstanceOf(InvalidRegularExpression.class);
    }
  }

  @Test
  void aGroupGoesFromTheClassicProtocolToTheNewOneAndBack() throws Exception {
    TopicPartition partition = new TopicPartition("orders", 0);
    try (Admin admin = admin();
        KafkaProducer<String, String> producer = producer()) {
      create(admin, "orders", 1);
      send(producer, 0, 10);
      List<String> protocols = List.of("classic", "consumer", "classic");
      for (int i = 0; i < protocols.size(); i++) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("group.protocol", protocols.get(i));
        settings.put("max.poll.records", 2);
        settings.put("enable.auto.commit", false);
        long before = 2L * i;
        try (KafkaConsumer<String, String> consumer = consumer(settings)) {
          consumer.subscribe(List.of("orders"));
          await().atMost(PATIENCE).until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
          consumer.commitSync();
          assertThat(consumer.committed(Set.of(partition)).get(partition).offset())
              .isEqualTo(before + 2);
        }
      }
    }
  }

  private static Set<String> recordsOf(Collection<ClientProcess> members) throws Exception {
    Set<String> seen = new TreeSet<>();
    for (ClientProcess member : members) {
      member.output().lines().filter(line -> line.startsWith("record ")).forEach(seen::add);
    }
    return seen;
  }

  @Test
  void threeProcessesReadOnWhenOneIsKilledAndTheBrokerRestarts() throws Exception {
    try (Admin admin = admin();
        KafkaProducer<String, String> producer = producer()) {
      create(admin, "orders", 6);
      try (ClientProcess first = member("orders", "uniform");
          ClientProcess second = member("orders", "uniform");
          ClientProcess third = member("orders", "uniform")) {
        awaitStable(admin, List.of(2, 2, 2));
        send(producer, 0, 200);
        third.kill();
        send(producer, 200, 400);
        awaitStable(admin, List.of(3, 3));

        int port = node.port();
        int epoch = described(admin).groupEpoch().orElseThrow();
        node.close();
        node = open(port);
        awaitStable(admin, List.of(3, 3));
        assertThat(described(admin).groupEpoch()).hasValue(epoch);
        send(producer, 400, 600);
        List<ClientProcess> all = List.of(first, second, third);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(recordsOf(all)).hasSize(600));
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(
                            admin
                                .listConsumerGroupOffsets(GROUP)
                                .partitionsToOffsetAndMetadata()
                                .get()
                                .values()
                                .stream()
                                .mapToLong(each -> each.offset())
                                .sum())
                        .isEqualTo(600));
      }
    }
  }

  @Test
  void aProducerCommitsForAMemberInItsPresentEpochOnly() throws Exception {
    TopicPartition partition = new TopicPartition("orders", 0);
    Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(partition, new OffsetAndMetadata(7));
    try (Admin admin = admin();
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", node.bootstrap(), "transactional.id", "p"),
                new StringSerializer(),
                new StringSerializer());
        KafkaConsumer<String, String> first = consumer(Map.of("enable.auto.commit", false));
        KafkaConsumer<String, String> second = consumer(Map.of("enable.auto.commit", false))) {
      create(admin, "orders", 2);
      first.subscribe(List.of("orders"));
      awaitAssigned(first, 2);
      ConsumerGroupMetadata before = first.groupMetadata();
      producer.initTransactions();
      producer.beginTransaction();
      producer.sendOffsetsToTransaction(offsets, before);
      producer.commitTransaction();
      assertThat(first.committed(Set.of(partition)).get(partition).offset()).isEqualTo(7);

      second.subscribe(List.of("orders"));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                first.poll(Duration.ofMillis(50));
                second.poll(Duration.ofMillis(50));
                return first.assignment().size() == 1
                    && second.assignment().size() == 1
                    && first.groupMetadata().generationId() > before.generationId();
              });
      producer.beginTransaction();
      assertThatThrownBy(() -> producer.sendOffsetsToTransaction(offsets, before))
          .isInstanceOf(CommitFailedException.class);
      producer.abortTransaction();
      producer.beginTransaction();
      producer.sendOffsetsToTransaction(
          Map.of(partition, new OffsetAndMetadata(8)), first.groupMetadata());
      producer.commitTransaction();
      assertThat(first.committed(Set.of(partition)).get(partition).offset()).isEqualTo(8);
    }
  }
}
