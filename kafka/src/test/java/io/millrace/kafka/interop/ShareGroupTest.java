package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.BrokerSettings;
import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.group.ShareGroupSettings;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own share consumer, unmodified. */
class ShareGroupTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String GROUP = "workers";
  private static final String TOPIC = "jobs";
  private static final TopicPartition JOBS = new TopicPartition(TOPIC, 0);

  @TempDir Path folder;
  private NodeFixture node;

  @BeforeEach
  void start() throws Exception {
    node = open(0, Duration.ofSeconds(30));
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      configure(admin, "share.auto.offset.reset", "earliest");
    }
  }

  private NodeFixture open(int port, Duration lock) {
    GroupSettings groups =
        GroupSettings.defaults()
            .withShare(
                ShareGroupSettings.defaults()
                    .withTimes(Duration.ofSeconds(5), Duration.ofMillis(300))
                    .withRecordLockDuration(lock));
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

  private static void configure(Admin admin, String name, String value) throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.GROUP, GROUP),
                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  private KafkaProducer<String, String> producer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.putIfAbsent("bootstrap.servers", node.bootstrap());
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private void produce(int from, int to) {
    try (KafkaProducer<String, String> producer = producer(Map.of())) {
      for (int i = from; i < to; i++) {
        var unused = producer.send(new ProducerRecord<>(TOPIC, "job " + i));
      }
    }
  }

  private static Set<String> jobs(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "job " + i)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private KafkaShareConsumer<String, String> consumer(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.putIfAbsent("bootstrap.servers", node.bootstrap());
    settings.put("group.id", GROUP);
    KafkaShareConsumer<String, String> consumer =
        new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    consumer.subscribe(List.of(TOPIC));
    return consumer;
  }

  private KafkaShareConsumer<String, String> explicit() {
    return consumer(Map.of("share.acknowledgement.mode", "explicit"));
  }

  /** Polls until so many records came, deals with each, and returns them. */
  private static List<ConsumerRecord<String, String>> take(
      KafkaShareConsumer<String, String> consumer,
      int count,
      Function<ConsumerRecord<String, String>, AcknowledgeType> verdict) {
    List<ConsumerRecord<String, String>> taken = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              ConsumerRecords<String, String> some = consumer.poll(Duration.ofMillis(500));
              for (ConsumerRecord<String, String> record : some) {
                taken.add(record);
                consumer.acknowledge(record, verdict.apply(record));
              }
              if (!some.isEmpty()) {
                assertThat(consumer.commitSync().values()).allMatch(Optional::isEmpty);
              }
              return taken.size() >= count;
            });
    assertThat(taken).hasSize(count);
    return taken;
  }

  private static Set<String> values(Collection<ConsumerRecord<String, String>> records) {
    return records.stream()
        .map(ConsumerRecord::value)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void readsAndAcknowledges() {
    produce(0, 100);
    try (KafkaShareConsumer<String, String> consumer = explicit()) {
      List<ConsumerRecord<String, String>> taken =
          take(consumer, 100, record -> AcknowledgeType.ACCEPT);
      assertThat(values(taken)).isEqualTo(jobs(0, 100));
      assertThat(taken).allMatch(record -> record.deliveryCount().orElse((short) 0) == 1);
    }
    produce(100, 110);
    try (KafkaShareConsumer<String, String> another = explicit()) {
      assertThat(values(take(another, 10, record -> AcknowledgeType.ACCEPT)))
          .isEqualTo(jobs(100, 110));
    }
  }

  @Test
  void membersShareTheRecordsOfOnePartition() {
    produce(0, 400);
    Map<String, Object> few = Map.of("max.poll.records", 10, "share.acquire.mode", "record_limit");
    Set<String> first = new HashSet<>();
    Set<String> second = new HashSet<>();
    try (KafkaShareConsumer<String, String> one = consumer(few);
        KafkaShareConsumer<String, String> other = consumer(few)) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                one.poll(Duration.ofMillis(200)).forEach(record -> add(first, record));
                other.poll(Duration.ofMillis(200)).forEach(record -> add(second, record));
                return first.size() + second.size() == 400;
              });
    }
    assertThat(first).isNotEmpty().doesNotContainAnyElementsOf(second);
    assertThat(second).isNotEmpty();
    first.addAll(second);
    assertThat(first).isEqualTo(jobs(0, 400));
  }

  private static void add(Set<String> values, ConsumerRecord<String, String> record) {
    assertThat(values.add(record.value())).as(record.value()).isTrue();
  }

  @Test
  void releasedRecordsComeAgainAndRejectedOnesDoNot() {
    produce(0, 30);
    try (KafkaShareConsumer<String, String> consumer = explicit()) {
      var unused =
          take(
              consumer,
              30,
              record ->
                  switch ((int) (record.offset() % 3)) {
                    case 0 -> AcknowledgeType.ACCEPT;
                    case 1 -> AcknowledgeType.RELEASE;
                    default -> AcknowledgeType.REJECT;
                  });
      List<ConsumerRecord<String, String>> again =
          take(consumer, 10, record -> AcknowledgeType.ACCEPT);
      assertThat(again)
          .allMatch(record -> record.offset() % 3 == 1)
          .allMatch(record -> record.deliveryCount().orElse((short) 0) == 2);
      produce(30, 31);
      assertThat(values(take(consumer, 1, record -> AcknowledgeType.ACCEPT)))
          .isEqualTo(jobs(30, 31));
    }
  }

  @Test
  void recordIsGivenUpAtTheLimitOfDeliveries() throws Exception {
    try (Admin admin = admin()) {
      configure(admin, "share.delivery.count.limit", "3");
    }
    produce(0, 1);
    try (KafkaShareConsumer<String, String> consumer = explicit()) {
      for (int delivery = 1; delivery <= 3; delivery++) {
        List<ConsumerRecord<String, String>> taken =
            take(consumer, 1, record -> AcknowledgeType.RELEASE);
        assertThat(taken.getFirst().deliveryCount()).contains((short) delivery);
      }
      produce(1, 2);
      assertThat(values(take(consumer, 1, record -> AcknowledgeType.ACCEPT))).isEqualTo(jobs(1, 2));
    }
  }

  @Test
  void recordsWhoseLockHasEndedGoToAnother() {
    node.close();
    node = open(0, Duration.ofSeconds(2));
    produce(0, 20);
    try (KafkaShareConsumer<String, String> slow = explicit();
        KafkaShareConsumer<String, String> quick = explicit()) {
      List<ConsumerRecord<String, String>> held = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                slow.poll(Duration.ofMillis(500)).forEach(held::add);
                return held.size() == 20;
              });
      List<ConsumerRecord<String, String>> taken =
          take(quick, 20, record -> AcknowledgeType.ACCEPT);
      assertThat(values(taken)).isEqualTo(jobs(0, 20));
      assertThat(taken).allMatch(record -> record.deliveryCount().orElse((short) 0) == 2);
    }
  }

  @Test
  void renewedLocksGoOn() {
    node.close();
    node = open(0, Duration.ofSeconds(2));
    produce(0, 1);
    try (KafkaShareConsumer<String, String> slow = explicit();
        KafkaShareConsumer<String, String> quick = explicit()) {
      List<ConsumerRecord<String, String>> held = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                slow.poll(Duration.ofMillis(500)).forEach(held::add);
                return !held.isEmpty();
              });
      await()
          .during(Duration.ofSeconds(5))
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                slow.acknowledge(held.getFirst(), AcknowledgeType.RENEW);
                assertThat(slow.commitSync().values()).allMatch(Optional::isEmpty);
                assertThat(slow.poll(Duration.ofMillis(100))).hasSize(1);
                return quick.poll(Duration.ofMillis(100)).isEmpty();
              });
      slow.acknowledge(held.getFirst(), AcknowledgeType.ACCEPT);
      assertThat(slow.commitSync().values()).isNotEmpty().allMatch(Optional::isEmpty);
    }
  }

  @Test
  void recordsOfKilledMemberGoToAnotherAtOnce() throws Exception {
    produce(0, 50);
    try (ClientProcess killed =
        ClientProcess.start(
            folder, ClientProcess.java(ShareGroupMember.class, node.bootstrap(), TOPIC, GROUP))) {
      await().atMost(PATIENCE).until(() -> killed.output().lines().count() == 50);
      killed.kill();
      try (KafkaShareConsumer<String, String> heir = explicit()) {
        // Long before the locks end by themselves.
        List<ConsumerRecord<String, String>> taken =
            take(heir, 50, record -> AcknowledgeType.ACCEPT);
        assertThat(values(taken)).isEqualTo(jobs(0, 50));
        assertThat(taken).allMatch(record -> record.deliveryCount().orElse((short) 0) == 2);
      }
    }
  }

  @Test
  void acceptedRecordsDoNotComeAgainAfterRestart() {
    produce(0, 40);
    try (KafkaShareConsumer<String, String> consumer = explicit()) {
      var unused =
          take(
              consumer,
              40,
              record ->
                  record.offset() % 4 == 0 ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT);
    }
    int port = node.port();
    node.close();
    node = open(port, Duration.ofSeconds(30));
    try (KafkaShareConsumer<String, String> consumer = explicit()) {
      List<ConsumerRecord<String, String>> again =
          take(consumer, 10, record -> AcknowledgeType.ACCEPT);
      assertThat(again)
          .allMatch(record -> record.offset() % 4 == 0)
          .allMatch(record -> record.deliveryCount().orElse((short) 0) == 2);
      produce(40, 41);
      assertThat(values(take(consumer, 1, record -> AcknowledgeType.ACCEPT)))
          .isEqualTo(jobs(40, 41));
    }
  }

  @Test
  void acceptedRecordsDoNotComeAgainAfterTheNodeIsKilled() throws Exception {
    int port = freePort();
    List<String> command =
        ClientProcess.java(
            NodeProcess.class, folder.resolve("killed").toString(), Integer.toString(port));
    String address = "127.0.0.1:" + port;
    Map<String, Object> there =
        Map.of("bootstrap.servers", address, "share.acknowledgement.mode", "explicit");
    ClientProcess killed = serving(command);
    try {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        configure(admin, "share.auto.offset.reset", "earliest");
      }
      try (KafkaProducer<String, String> producer =
          producer(Map.of("bootstrap.servers", address))) {
        for (int i = 0; i < 60; i++) {
          var unused = producer.send(new ProducerRecord<>(TOPIC, "job " + i)).get();
        }
      }
      KafkaShareConsumer<String, String> consumer = consumer(there);
      var unused =
          take(
              consumer,
              60,
              record ->
                  record.offset() % 3 == 0 ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT);
      killed.kill();
      killed.close();
      consumer.close(Duration.ZERO);
      killed = serving(command);
      try (KafkaShareConsumer<String, String> heir = consumer(there)) {
        List<ConsumerRecord<String, String>> again =
            take(heir, 20, record -> AcknowledgeType.ACCEPT);
        assertThat(again)
            .allMatch(record -> record.offset() % 3 == 0)
            .allMatch(record -> record.deliveryCount().orElse((short) 0) == 2);
      }
    } finally {
      killed.close();
    }
  }

  private ClientProcess serving(List<String> command) throws Exception {
    ClientProcess process = ClientProcess.start(folder, command);
    await().atMost(PATIENCE).until(() -> process.output().startsWith("serving"));
    return process;
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void onlyCommittedRecordsAreDeliveredWhereThatIsWanted() throws Exception {
    try (Admin admin = admin()) {
      configure(admin, "share.isolation.level", "read_committed");
    }
    try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", "t"))) {
      producer.initTransactions();
      for (int i = 0; i < 30; i++) {
        producer.beginTransaction();
        for (int j = 0; j < 3; j++) {
          var unused = producer.send(new ProducerRecord<>(TOPIC, "job " + (i * 3 + j)));
        }
        producer.flush();
        if (i % 2 == 0) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
    }
    try (KafkaShareConsumer<String, String> consumer = explicit();
        Admin admin = admin()) {
      Set<String> committed = new TreeSet<>();
      for (int i = 0; i < 30; i += 2) {
        committed.addAll(jobs(i * 3, i * 3 + 3));
      }
      assertThat(values(take(consumer, 45, record -> AcknowledgeType.ACCEPT))).isEqualTo(committed);
      // Aborted records and markers are done too, once the next look has passed over them.
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                assertThat(consumer.poll(Duration.ofMillis(200))).isEmpty();
                return info(admin).lag().equals(Optional.of(0L));
              });
    }
  }

  private static SharePartitionOffsetInfo info(Admin admin) throws Exception {
    return admin
        .listShareGroupOffsets(Map.of(GROUP, new ListShareGroupOffsetsSpec()))
        .partitionsToOffsetInfo(GROUP)
        .get()
        .get(JOBS);
  }

  @Test
  void administratorsSeeAndSetWhereTheGroupStands() throws Exception {
    produce(0, 10);
    try (Admin admin = admin()) {
      try (KafkaShareConsumer<String, String> consumer = explicit()) {
        var unused = take(consumer, 10, record -> AcknowledgeType.ACCEPT);
        produce(10, 15);
        ShareGroupDescription described =
            admin.describeShareGroups(List.of(GROUP)).all().get().get(GROUP);
        assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
        assertThat(described.members())
            .singleElement()
            .satisfies(
                member -> assertThat(member.assignment().topicPartitions()).containsExactly(JOBS));
        assertThat(
                admin
                    .listGroups(new ListGroupsOptions().withTypes(Set.of(GroupType.SHARE)))
                    .all()
                    .get())
            .extracting(GroupListing::groupId)
            .containsExactly(GROUP);
        assertThat(info(admin).startOffset()).isEqualTo(10);
        assertThat(info(admin).lag()).contains(5L);
        assertThatThrownBy(() -> admin.alterShareGroupOffsets(GROUP, Map.of(JOBS, 3L)).all().get())
            .hasCauseInstanceOf(GroupNotEmptyException.class);
        assertThatThrownBy(() -> admin.deleteShareGroups(List.of(GROUP)).all().get())
            .hasCauseInstanceOf(GroupNotEmptyException.class);
      }
      admin.alterShareGroupOffsets(GROUP, Map.of(JOBS, 3L)).all().get();
      assertThat(info(admin).startOffset()).isEqualTo(3);
      try (KafkaShareConsumer<String, String> consumer = explicit()) {
        assertThat(values(take(consumer, 12, record -> AcknowledgeType.ACCEPT)))
            .isEqualTo(jobs(3, 15));
      }
      admin.deleteShareGroupOffsets(GROUP, Set.of(TOPIC)).all().get();
      assertThat(
              admin
                  .listShareGroupOffsets(Map.of(GROUP, new ListShareGroupOffsetsSpec()))
                  .partitionsToOffsetInfo(GROUP)
                  .get())
          .isEmpty();
      admin.deleteShareGroups(List.of(GROUP)).all().get();
      assertThatThrownBy(() -> admin.describeShareGroups(List.of(GROUP)).all().get())
          .hasCauseInstanceOf(GroupIdNotFoundException.class);
    }
  }

  @Test
  void deletedGroupHasReadNothing() throws Exception {
    produce(0, 5);
    try (KafkaShareConsumer<String, String> consumer = explicit()) {
      var unused = take(consumer, 5, record -> AcknowledgeType.ACCEPT);
    }
    try (Admin admin = admin()) {
      admin.deleteShareGroups(List.of(GROUP)).all().get();
    }
    try (KafkaShareConsumer<String, String> consumer = explicit()) {
      assertThat(values(take(consumer, 5, record -> AcknowledgeType.ACCEPT))).isEqualTo(jobs(0, 5));
    }
  }

  @Test
  void groupsSettingsAreToldAndChecked() throws Exception {
    try (Admin admin = admin()) {
      configure(admin, "share.record.lock.duration.ms", "45000");
      ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, GROUP);
      Map<String, ConfigEntry> settings =
          admin.describeConfigs(List.of(resource)).all().get().get(resource).entries().stream()
              .collect(Collectors.toMap(ConfigEntry::name, entry -> entry));
      assertThat(settings.get("share.record.lock.duration.ms").value()).isEqualTo("45000");
      assertThat(settings.get("share.record.lock.duration.ms").source())
          .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG);
      assertThat(settings.get("share.delivery.count.limit").value()).isEqualTo("5");
      assertThatThrownBy(() -> configure(admin, "share.auto.offset.reset", "somewhere"))
          .hasCauseInstanceOf(InvalidConfigurationException.class);
      assertThatThrownBy(() -> configure(admin, "share.colour", "green"))
          .hasCauseInstanceOf(InvalidConfigurationException.class);
    }
  }
}
