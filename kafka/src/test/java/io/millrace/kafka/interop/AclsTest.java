package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.security.AuthorizerSettings;
import io.millrace.broker.security.Principal;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.SecurityProtocol;
import io.millrace.kafka.SecuritySettings;
import io.millrace.kafka.sasl.SaslSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients may do is what access control lists say, with the errors that Kafka gives. */
class AclsTest {

  private static final Map<String, String> USERS = Map.of("admin", "a", "alice", "b", "bob", "c");

  @TempDir Path folder;
  private NodeFixture node;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    open();
    admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get();
    admin.createTopics(List.of(new NewTopic("secrets", 1, (short) 1))).all().get();
  }

  private void open() {
    SecuritySettings security =
        SecuritySettings.NONE
            .withSasl(SaslSettings.NONE.withPlain(USERS))
            .withProtocol(SecurityProtocol.SASL_PLAINTEXT)
            .withAuthorizer(new AuthorizerSettings(true, Set.of(Principal.user("admin")), false));
    node = new NodeFixture(folder.resolve("data"), KafkaSettings.defaults().withSecurity(security));
    admin = Admin.create(client("admin"));
  }

  @AfterEach
  void stop() {
    admin.close();
    assertThat(node.server().metrics().failures()).isZero();
    node.close();
  }

  private Map<String, Object> client(String user) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", node.bootstrap());
    settings.put("security.protocol", "SASL_PLAINTEXT");
    settings.put("sasl.mechanism", "PLAIN");
    settings.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(user, USERS.get(user)));
    return settings;
  }

  private static AclBinding entry(
      ResourceType type,
      PatternType pattern,
      String name,
      String user,
      AclOperation operation,
      AclPermissionType permission) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry("User:" + user, "*", operation, permission));
  }

  private void allow(ResourceType type, String name, String user, AclOperation... operations)
      throws Exception {
    for (AclOperation operation : operations) {
      admin
          .createAcls(
              List.of(
                  entry(type, PatternType.LITERAL, name, user, operation, AclPermissionType.ALLOW)))
          .all()
          .get();
    }
  }

  private static void isDenied(KafkaFuture<?> asked, Class<? extends Throwable> error) {
    assertThatThrownBy(asked::get).hasCauseInstanceOf(error);
  }

  private void send(String user, String topic) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client(user), new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, "v")).get();
    }
  }

  private int read(String user, String topic, @Nullable String group) {
    Map<String, Object> settings = client(user);
    settings.put("auto.offset.reset", "earliest");
    if (group != null) {
      settings.put("group.id", group);
    }
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      if (group == null) {
        consumer.assign(List.of(new TopicPartition(topic, 0)));
        consumer.seekToBeginning(consumer.assignment());
      } else {
        consumer.subscribe(List.of(topic));
      }
      int seen = 0;
      for (int i = 0; i < 100 && seen == 0; i++) {
        seen += consumer.poll(Duration.ofMillis(200)).count();
      }
      if (group != null) {
        consumer.commitSync();
      }
      return seen;
    }
  }

  @Test
  void aProducerNeedsTheLeaveToWrite() throws Exception {
    assertThatThrownBy(() -> send("alice", "orders"))
        .hasCauseInstanceOf(TopicAuthorizationException.class);

    allow(ResourceType.TOPIC, "orders", "alice", AclOperation.WRITE);

    send("alice", "orders");
    assertThatThrownBy(() -> send("alice", "secrets"))
        .hasCauseInstanceOf(TopicAuthorizationException.class);
    assertThatThrownBy(() -> send("bob", "orders"))
        .hasCauseInstanceOf(TopicAuthorizationException.class);
  }

  @Test
  void aTransactionCommitsOffsetsOfTopicsThatItsProducerMayReadOnly() throws Exception {
    allow(ResourceType.TRANSACTIONAL_ID, "copy", "alice", AclOperation.WRITE);
    allow(ResourceType.GROUP, "readers", "alice", AclOperation.READ);
    allow(ResourceType.TOPIC, "orders", "alice", AclOperation.READ);

    commitInTransaction("alice", "orders", 7);
    assertThat(
            admin
                .listConsumerGroupOffsets("readers")
                .partitionsToOffsetAndMetadata()
                .get()
                .get(new TopicPartition("orders", 0))
                .offset())
        .isEqualTo(7);
    assertThatThrownBy(() -> commitInTransaction("alice", "secrets", 7))
        .hasMessageContaining("Topic authorization failed");
  }

  private void commitInTransaction(String user, String topic, long offset) {
    Map<String, Object> settings = client(user);
    settings.put("transactional.id", "copy");
    Map<String, Object> reading = client(user);
    reading.put("group.id", "readers");
    try (KafkaProducer<String, String> producer =
            new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        KafkaConsumer<String, String> consumer =
            new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.sendOffsetsToTransaction(
          Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)),
          consumer.groupMetadata());
      producer.commitTransaction();
    }
  }

  @Test
  void aConsumerNeedsTheLeaveToReadTheTopicAndTheGroup() throws Exception {
    send("admin", "orders");
    assertThatThrownBy(() -> read("alice", "orders", null))
        .isInstanceOf(TopicAuthorizationException.class);

    allow(ResourceType.TOPIC, "orders", "alice", AclOperation.READ);
    assertThat(read("alice", "orders", null)).isEqualTo(1);
    assertThatThrownBy(() -> read("alice", "orders", "readers"))
        .isInstanceOf(GroupAuthorizationException.class);

    allow(ResourceType.GROUP, "readers", "alice", AclOperation.READ);
    assertThat(read("alice", "orders", "readers")).isEqualTo(1);
  }

  @Test
  void membersOfTheNewProtocolAreCheckedToo() throws Exception {
    allow(ResourceType.GROUP, "readers", "alice", AclOperation.READ);
    try (KafkaConsumer<String, String> alice = member("alice")) {
      alice.subscribe(List.of("orders"));
      assertThatThrownBy(() -> pollOften(alice)).isInstanceOf(TopicAuthorizationException.class);
    }
    allow(ResourceType.TOPIC, "orders", "alice", AclOperation.READ);
    send("admin", "orders");
    try (KafkaConsumer<String, String> alice = member("alice")) {
      alice.subscribe(new SubscriptionPattern("orders|secrets"));
      assertThatThrownBy(() -> pollOften(alice)).isInstanceOf(TopicAuthorizationException.class);
    }
    try (KafkaConsumer<String, String> alice = member("alice")) {
      alice.subscribe(List.of("orders"));
      assertThat(pollOften(alice)).isEqualTo(1);
    }
    try (KafkaConsumer<String, String> admin = member("admin")) {
      send("admin", "secrets");
      admin.subscribe(new SubscriptionPattern("secrets"));
      assertThat(pollOften(admin)).isEqualTo(1);
      try (Admin asking = Admin.create(client("alice"))) {
        isDenied(
            asking.describeConsumerGroups(List.of("readers")).all(),
            TopicAuthorizationException.class);
      }
    }
    // The topic is allowed: else its refusal, by another request, may come before the group's.
    allow(ResourceType.TOPIC, "orders", "bob", AclOperation.READ);
    try (KafkaConsumer<String, String> bob = member("bob")) {
      bob.subscribe(List.of("orders"));
      assertThatThrownBy(() -> pollOften(bob)).isInstanceOf(GroupAuthorizationException.class);
    }
  }

  private KafkaConsumer<String, String> member(String user) {
    Map<String, Object> settings = client(user);
    settings.put("auto.offset.reset", "earliest");
    settings.put("group.id", "readers");
    settings.put("group.protocol", "consumer");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  /** Polls until there are records, and says how many. */
  private static int pollOften(KafkaConsumer<String, String> consumer) {
    int seen = 0;
    for (int i = 0; i < 100 && seen == 0; i++) {
      seen += consumer.poll(Duration.ofMillis(200)).count();
    }
    return seen;
  }

  @Test
  void membersOfStreamsGroupsAreCheckedAndTheirTopicsMadeWithTheirRights() throws Exception {
    // The topic is allowed: else its refusal, by another request, may come before the group's.
    allow(ResourceType.TOPIC, StreamsGroupMember.SOURCE, "bob", AclOperation.READ);
    assertThatThrownBy(() -> stream("bob", member -> !member.active().isEmpty()))
        .isInstanceOf(GroupAuthorizationException.class);
    allow(ResourceType.GROUP, StreamsGroupMember.GROUP, "alice", AclOperation.READ);
    assertThatThrownBy(() -> stream("alice", member -> !member.active().isEmpty()))
        .isInstanceOf(TopicAuthorizationException.class);

    allow(ResourceType.TOPIC, StreamsGroupMember.SOURCE, "alice", AclOperation.READ);
    allow(ResourceType.TOPIC, StreamsGroupMember.CHANGELOG, "alice", AclOperation.DESCRIBE);
    stream("alice", member -> member.statuses().contains(3));
    assertThat(admin.listTopics().names().get()).doesNotContain(StreamsGroupMember.CHANGELOG);
    allow(ResourceType.TOPIC, StreamsGroupMember.CHANGELOG, "alice", AclOperation.CREATE);
    stream("alice", member -> member.active().equals(List.of(0)));
    assertThat(admin.listTopics().names().get()).contains(StreamsGroupMember.CHANGELOG);

    try (Admin bob = Admin.create(client("bob"))) {
      isDenied(
          bob.describeStreamsGroups(List.of(StreamsGroupMember.GROUP)).all(),
          GroupAuthorizationException.class);
      allow(ResourceType.GROUP, StreamsGroupMember.GROUP, "bob", AclOperation.DESCRIBE);
      isDenied(
          bob.describeStreamsGroups(List.of(StreamsGroupMember.GROUP)).all(),
          TopicAuthorizationException.class);
    }
  }

  /** A member works until it is as it should be, or is refused. */
  private void stream(String user, Predicate<StreamsGroupMember> until) {
    try (StreamsGroupMember member = new StreamsGroupMember(client(user), "here")) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollDelay(Duration.ZERO)
          .until(
              () -> {
                member.poll();
                return until.test(member);
              });
    }
  }

  @Test
  void membersOfShareGroupsAreCheckedToo() throws Exception {
    allow(ResourceType.TOPIC, "orders", "bob", AclOperation.READ);
    assertThatThrownBy(() -> share("bob")).isInstanceOf(GroupAuthorizationException.class);
    allow(ResourceType.GROUP, "sharers", "alice", AclOperation.READ);
    assertThatThrownBy(() -> share("alice")).isInstanceOf(TopicAuthorizationException.class);

    allow(ResourceType.TOPIC, "orders", "alice", AclOperation.READ);
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.GROUP, "sharers"),
                List.of(
                    new AlterConfigOp(
                        new ConfigEntry("share.auto.offset.reset", "earliest"),
                        AlterConfigOp.OpType.SET))))
        .all()
        .get();
    send("admin", "orders");
    assertThat(share("alice")).isEqualTo(1);

    try (Admin bob = Admin.create(client("bob"))) {
      isDenied(
          bob.describeShareGroups(List.of("sharers")).all(), GroupAuthorizationException.class);
      isDenied(
          bob.listShareGroupOffsets(Map.of("sharers", new ListShareGroupOffsetsSpec())).all(),
          GroupAuthorizationException.class);
      isDenied(
          bob.alterShareGroupOffsets("sharers", Map.of(new TopicPartition("orders", 0), 0L)).all(),
          GroupAuthorizationException.class);
      isDenied(
          bob.deleteShareGroupOffsets("sharers", Set.of("orders")).all(),
          GroupAuthorizationException.class);
    }
  }

  private int share(String user) {
    Map<String, Object> settings = client(user);
    settings.put("group.id", "sharers");
    try (KafkaShareConsumer<String, String> consumer =
        new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of("orders"));
      int seen = 0;
      for (int i = 0; i < 100 && seen == 0; i++) {
        seen += consumer.poll(Duration.ofMillis(200)).count();
      }
      return seen;
    }
  }

  @Test
  void aLeaveThatIsTakenBackCountsForOpenConnectionsToo() throws Exception {
    allow(ResourceType.TOPIC, "orders", "alice", AclOperation.WRITE);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client("alice"), new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("orders", "v")).get();

      admin
          .createAcls(
              List.of(
                  entry(
                      ResourceType.TOPIC,
                      PatternType.PREFIXED,
                      "ord",
                      "alice",
                      AclOperation.WRITE,
                      AclPermissionType.DENY)))
          .all()
          .get();

      assertThatThrownBy(() -> producer.send(new ProducerRecord<>("orders", "v")).get())
          .hasCauseInstanceOf(TopicAuthorizationException.class);
    }
  }

  @Test
  void topicsAndGroupsThatMayNotBeLookedAtAreHidden() throws Exception {
    send("admin", "orders");
    read("admin", "orders", "readers");
    allow(ResourceType.TOPIC, "orders", "alice", AclOperation.READ);
    try (Admin alice = Admin.create(client("alice"))) {
      assertThat(alice.listTopics().names().get()).containsExactly("orders");
      assertThat(alice.listGroups().all().get()).isEmpty();
      assertThat(admin.listTopics().names().get()).containsExactlyInAnyOrder("orders", "secrets");
      assertThat(admin.listGroups().all().get()).hasSize(1);
      isDenied(
          alice.describeTopics(List.of("secrets")).allTopicNames(),
          TopicAuthorizationException.class);
      isDenied(
          alice.describeTopics(List.of("missing")).allTopicNames(),
          TopicAuthorizationException.class);
      assertThat(
              alice
                  .describeTopics(
                      List.of("orders"),
                      new DescribeTopicsOptions().includeAuthorizedOperations(true))
                  .allTopicNames()
                  .get()
                  .get("orders")
                  .authorizedOperations())
          .containsExactlyInAnyOrder(AclOperation.READ, AclOperation.DESCRIBE);
    }
  }

  @Test
  void adminsAreCheckedRequestByRequest() throws Exception {
    TopicPartition orders = new TopicPartition("orders", 0);
    try (Admin alice = Admin.create(client("alice"))) {
      isDenied(
          alice.createTopics(List.of(new NewTopic("new", 1, (short) 1))).all(),
          TopicAuthorizationException.class);
      isDenied(alice.deleteTopics(List.of("orders")).all(), TopicAuthorizationException.class);
      isDenied(
          alice.createPartitions(Map.of("orders", NewPartitions.increaseTo(2))).all(),
          TopicAuthorizationException.class);
      isDenied(
          alice
              .describeConfigs(List.of(new ConfigResource(ConfigResource.Type.TOPIC, "orders")))
              .all(),
          TopicAuthorizationException.class);
      isDenied(
          alice.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.BROKER, "1"))).all(),
          ClusterAuthorizationException.class);
      isDenied(
          alice.listOffsets(Map.of(orders, OffsetSpec.latest())).all(),
          TopicAuthorizationException.class);
      isDenied(alice.deleteConsumerGroups(List.of("g")).all(), GroupAuthorizationException.class);
      isDenied(
          alice.listConsumerGroupOffsets("g").partitionsToOffsetAndMetadata(),
          GroupAuthorizationException.class);
      isDenied(
          alice.describeAcls(AclBindingFilter.ANY).values(), ClusterAuthorizationException.class);
      isDenied(
          alice
              .createAcls(
                  List.of(
                      entry(
                          ResourceType.TOPIC,
                          PatternType.LITERAL,
                          "*",
                          "alice",
                          AclOperation.ALL,
                          AclPermissionType.ALLOW)))
              .all(),
          ClusterAuthorizationException.class);
      isDenied(
          alice.deleteAcls(List.of(AclBindingFilter.ANY)).all(),
          ClusterAuthorizationException.class);
      isDenied(alice.describeUserScramCredentials().all(), ClusterAuthorizationException.class);

      allow(ResourceType.TOPIC, "new", "alice", AclOperation.CREATE, AclOperation.DELETE);
      alice.createTopics(List.of(new NewTopic("new", 1, (short) 1))).all().get();
      alice.deleteTopics(List.of("new")).all().get();
    }
  }

  @Test
  void entriesAreListedDeletedAndKeptAcrossARestart() throws Exception {
    allow(ResourceType.TOPIC, "orders", "alice", AclOperation.WRITE, AclOperation.READ);
    allow(ResourceType.GROUP, "g", "bob", AclOperation.READ);
    stop();
    open();

    Collection<AclBinding> all = admin.describeAcls(AclBindingFilter.ANY).values().get();
    assertThat(all).hasSize(3);
    AclBinding one =
        entry(
            ResourceType.TOPIC,
            PatternType.LITERAL,
            "orders",
            "alice",
            AclOperation.WRITE,
            AclPermissionType.ALLOW);
    assertThat(all).contains(one);
    assertThat(admin.deleteAcls(List.of(one.toFilter())).all().get()).containsExactly(one);
    assertThat(admin.describeAcls(AclBindingFilter.ANY).values().get())
        .hasSize(2)
        .doesNotContain(one);
  }

  @Test
  void withoutAnAuthorizerEntriesAreNotTaken() throws Exception {
    try (NodeFixture open = new NodeFixture(folder.resolve("open"));
        Admin anybody = Admin.create(Map.of("bootstrap.servers", open.bootstrap()))) {
      isDenied(
          anybody.describeAcls(AclBindingFilter.ANY).values(), SecurityDisabledException.class);
    }
  }
}
