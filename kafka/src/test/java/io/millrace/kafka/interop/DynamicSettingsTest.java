package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.BrokerSettings;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.net.RawClient;
import io.millrace.log.Durability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfigCollection;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of a node are changed while it runs, for it or for all nodes, and stay changed. */
class DynamicSettingsTest {

  private static final ConfigResource NODE = new ConfigResource(ConfigResource.Type.BROKER, "1");
  private static final ConfigResource ALL_NODES =
      new ConfigResource(ConfigResource.Type.BROKER, "");
  private static final ConfigResource TOPIC =
      new ConfigResource(ConfigResource.Type.TOPIC, "flights");

  @TempDir Path folder;
  private NodeFixture node;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    open();
    admin.createTopics(List.of(new NewTopic("flights", 2, (short) 1))).all().get();
  }

  private void open() {
    node =
        new NodeFixture(
            folder.resolve("data"),
            KafkaSettings.defaults(),
            BrokerSettings.defaults()
                .withTopicDefaults(Map.of("retention.ms", "1000000", "durability", "os")),
            0);
    admin = admin(node.bootstrap());
  }

  private static Admin admin(String bootstrap) {
    return Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  @AfterEach
  void stop() {
    admin.close();
    assertThat(node.server().metrics().failures()).isZero();
    node.close();
  }

  private void restart() {
    stop();
    open();
  }

  private void change(ConfigResource resource, String name, @Nullable String value, OpType how)
      throws Exception {
    change(resource, name, value, how, false);
  }

  private void change(
      ConfigResource resource, String name, @Nullable String value, OpType how, boolean dry)
      throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(name, value), how))),
            new AlterConfigsOptions().validateOnly(dry))
        .all()
        .get();
  }

  private void set(ConfigResource resource, String name, String value) throws Exception {
    change(resource, name, value, OpType.SET);
  }

  private void delete(ConfigResource resource, String name) throws Exception {
    change(resource, name, null, OpType.DELETE);
  }

  private Config describe(ConfigResource resource) throws Exception {
    return describe(admin, resource);
  }

  private static Config describe(Admin admin, ConfigResource resource) throws Exception {
    return Objects.requireNonNull(
        admin
            .describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true))
            .all()
            .get()
            .get(resource));
  }

  private static List<String> synonyms(ConfigEntry entry) {
    return entry.synonyms().stream()
        .map(each -> each.source() + ":" + each.name() + "=" + each.value())
        .toList();
  }

  private void produce(int bytes) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", node.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("flights", new byte[bytes])).get();
    }
  }

  @Test
  void aTopicsOwnSettingStandsAboveTheNodesAndThatAboveAllNodesAndThatAboveTheFile()
      throws Exception {
    assertThat(describe(TOPIC).get("retention.ms").source())
        .isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
    set(ALL_NODES, "log.retention.ms", "2000000");
    assertThat(describe(TOPIC).get("retention.ms").value()).isEqualTo("2000000");
    assertThat(describe(TOPIC).get("retention.ms").source())
        .isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
    set(NODE, "log.retention.ms", "3000000");
    assertThat(describe(TOPIC).get("retention.ms").source())
        .isEqualTo(ConfigSource.DYNAMIC_BROKER_CONFIG);
    set(TOPIC, "retention.ms", "4000000");
    assertThat(synonyms(describe(TOPIC).get("retention.ms")))
        .containsExactly(
            "DYNAMIC_TOPIC_CONFIG:retention.ms=4000000",
            "DYNAMIC_BROKER_CONFIG:log.retention.ms=3000000",
            "DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=2000000",
            "STATIC_BROKER_CONFIG:log.retention.ms=1000000",
            "DEFAULT_CONFIG:log.retention.ms=604800000");
    assertThat(synonyms(describe(NODE).get("log.retention.ms")))
        .containsExactly(
            "DYNAMIC_BROKER_CONFIG:log.retention.ms=3000000",
            "DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.ms=2000000",
            "STATIC_BROKER_CONFIG:log.retention.ms=1000000",
            "DEFAULT_CONFIG:log.retention.ms=604800000");
    assertThat(node.broker().topics().find("flights").settings().log().retentionAge())
        .isEqualTo(Duration.ofSeconds(4000));

    delete(TOPIC, "retention.ms");
    delete(NODE, "log.retention.ms");
    delete(ALL_NODES, "log.retention.ms");
    assertThat(describe(TOPIC).get("retention.ms").value()).isEqualTo("1000000");
    assertThat(describe(ALL_NODES).entries()).isEmpty();
  }

  @Test
  void whatIsChangedCountsAtOnceForTopicsThatAreThere() throws Exception {
    produce(10_000);
    set(ALL_NODES, "message.max.bytes", "2000");
    assertThatThrownBy(() -> produce(10_000))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RecordTooLargeException.class);
    set(TOPIC, "max.message.bytes", "20000");
    produce(10_000);
    delete(TOPIC, "max.message.bytes");
    assertThatThrownBy(() -> produce(10_000)).hasCauseInstanceOf(RecordTooLargeException.class);
    delete(ALL_NODES, "message.max.bytes");
    produce(10_000);
  }

  @Test
  void kafkasNamesForDurabilityStandAboveTheFilesOwn() throws Exception {
    assertThat(durability()).isEqualTo(Durability.OS);
    set(ALL_NODES, "log.flush.interval.messages", "1");
    assertThat(durability()).isEqualTo(Durability.COMMIT);
    set(TOPIC, "durability", "interval");
    assertThat(durability()).isEqualTo(Durability.INTERVAL);
    delete(TOPIC, "durability");
    delete(ALL_NODES, "log.flush.interval.messages");
    assertThat(durability()).isEqualTo(Durability.OS);
  }

  private Durability durability() {
    return Objects.requireNonNull(node.broker().topics().find("flights"))
        .settings()
        .log()
        .durability();
  }

  @Test
  void compactionTakesWhatItIsGivenWhileItRuns() throws Exception {
    set(NODE, "log.cleaner.threads", "3");
    set(ALL_NODES, "log.cleaner.io.max.bytes.per.second", "1000000.0");
    Config node = describe(NODE);
    assertThat(node.get("log.cleaner.threads").value()).isEqualTo("3");
    assertThat(node.get("log.cleaner.threads").isReadOnly()).isFalse();
    assertThat(node.get("log.cleaner.io.max.bytes.per.second").source())
        .isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
    assertThat(describe(ALL_NODES).entries())
        .extracting(ConfigEntry::name)
        .containsExactly("log.cleaner.io.max.bytes.per.second");
    assertThatThrownBy(() -> set(NODE, "log.cleaner.dedupe.buffer.size", "30000"))
        .hasCauseInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("compaction.map-size");
  }

  @Test
  void whatCannotBeChangedOrIsNotAllowedIsRefusedAndChangesNothing() throws Exception {
    for (String name : List.of("num.partitions", "transaction.max.timeout.ms", "node.id")) {
      assertThatThrownBy(() -> set(NODE, name, "5"))
          .hasCauseInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Cannot update these configs dynamically: " + name);
    }
    for (String name : List.of("num.io.threads", "background.threads", "num.replica.fetchers")) {
      assertThatThrownBy(() -> set(ALL_NODES, name, "5"))
          .hasCauseInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(name + " cannot be set. ");
    }
    assertThatThrownBy(() -> set(NODE, "log.retention.ms", "soon"))
        .hasCauseInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("log.retention.ms is \"soon\"; allowed: ");
    ConfigResource another = new ConfigResource(ConfigResource.Type.BROKER, "7");
    assertThat(replace(replacement(another, "log.retention.ms", "5")))
        .containsExactly(Errors.INVALID_REQUEST);
    set(TOPIC, "min.compaction.lag.ms", "5000");
    assertThatThrownBy(() -> set(ALL_NODES, "log.cleaner.max.compaction.lag.ms", "1000"))
        .as("a topic could not have it")
        .hasCauseInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("min.compaction.lag.ms is 5000");
    change(ALL_NODES, "log.retention.ms", "5", OpType.SET, true);
    assertThat(describe(ALL_NODES).entries()).isEmpty();
    assertThat(describe(TOPIC).get("retention.ms").value()).isEqualTo("1000000");
  }

  @Test
  void itemsAreAddedToListsAndTakenOutOfThem() throws Exception {
    change(TOPIC, "cleanup.policy", "compact", OpType.APPEND);
    assertThat(describe(TOPIC).get("cleanup.policy").value()).isEqualTo("delete,compact");
    change(TOPIC, "cleanup.policy", "compact", OpType.APPEND);
    change(TOPIC, "cleanup.policy", "delete", OpType.SUBTRACT);
    assertThat(describe(TOPIC).get("cleanup.policy").value()).isEqualTo("compact");
    change(ALL_NODES, "log.cleanup.policy", "compact", OpType.APPEND);
    delete(TOPIC, "cleanup.policy");
    assertThat(describe(TOPIC).get("cleanup.policy").value()).isEqualTo("delete,compact");
    change(ALL_NODES, "log.cleanup.policy", "compact", OpType.SUBTRACT);
    assertThat(describe(TOPIC).get("cleanup.policy").value()).isEqualTo("delete");
    for (OpType how : List.of(OpType.APPEND, OpType.SUBTRACT)) {
      assertThatThrownBy(() -> change(TOPIC, "retention.ms", "5", how))
          .hasCauseInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining("Can't " + how + " to key retention.ms because its type is not");
      assertThatThrownBy(() -> change(NODE, "log.retention.ms", "5", how))
          .hasCauseInstanceOf(InvalidConfigurationException.class);
    }
  }

  @Test
  void aReplacementLeavesOnlyWhatItNames() throws Exception {
    set(NODE, "log.retention.ms", "5");
    set(NODE, "log.cleaner.threads", "2");
    set(TOPIC, "retention.ms", "5");
    assertThat(
            replace(
                replacement(NODE, "log.retention.ms", "7"),
                replacement(TOPIC, "segment.bytes", "100000")))
        .containsExactly(Errors.NONE, Errors.NONE);
    assertThat(describe(NODE).entries())
        .filteredOn(each -> each.source() == ConfigSource.DYNAMIC_BROKER_CONFIG)
        .extracting(each -> each.name() + "=" + each.value())
        .containsExactly("log.retention.ms=7");
    assertThat(describe(TOPIC).entries())
        .filteredOn(each -> each.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG)
        .extracting(each -> each.name() + "=" + each.value())
        .containsExactly("segment.bytes=100000");
  }

  /** AlterConfigs, which newer clients do not send any more. */
  private List<Errors> replace(AlterConfigsResource... resources) throws Exception {
    AlterConfigsRequestData request =
        new AlterConfigsRequestData()
            .setResources(new AlterConfigsResourceCollection(List.of(resources).iterator()));
    try (RawClient client = new RawClient(node.port())) {
      client.send(RawClient.frame(ApiKeys.ALTER_CONFIGS, (short) 2, 1, request));
      AlterConfigsResponseData answer =
          new AlterConfigsResponseData(
              client.answer(ApiKeys.ALTER_CONFIGS, (short) 2, 1), (short) 2);
      return answer.responses().stream().map(each -> Errors.forCode(each.errorCode())).toList();
    }
  }

  private static AlterConfigsResource replacement(
      ConfigResource resource, String name, String value) {
    return new AlterConfigsResource()
        .setResourceType(resource.type().id())
        .setResourceName(resource.name())
        .setConfigs(
            new AlterableConfigCollection(
                List.of(new AlterableConfig().setName(name).setValue(value)).iterator()));
  }

  @Test
  void connectionsAreLimitedWhileTheNodeRuns() throws Exception {
    set(ALL_NODES, "max.connections.per.ip.overrides", "127.0.0.1:1,10.0.0.1:7");
    aConnectionIsRefused();
    delete(ALL_NODES, "max.connections.per.ip.overrides");
    set(NODE, "max.connections.per.ip", "1");
    aConnectionIsRefused();
    delete(NODE, "max.connections.per.ip");
    set(NODE, "listener.name.kafka.max.connections", "0");
    aConnectionIsRefused();
    delete(NODE, "listener.name.kafka.max.connections");
    set(NODE, "max.connections", "1");
    aConnectionIsRefused();
    set(NODE, "max.connections", "1000");
    try (Admin another = admin(node.bootstrap())) {
      assertThat(describe(another, NODE).get("max.connections").value()).isEqualTo("1000");
    }
    assertThatThrownBy(() -> set(NODE, "max.connections.per.ip.overrides", "home:1"))
        .hasCauseInstanceOf(InvalidRequestException.class);
  }

  private void aConnectionIsRefused() throws Exception {
    long refused = node.server().metrics().connectionsRefused();
    new RawClient(node.port()).close();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> node.server().metrics().connectionsRefused() > refused);
  }

  @Test
  void connectionsThatComeTooFastWaitToBeAccepted() throws Exception {
    set(ALL_NODES, "max.connection.creation.rate", "1");
    long accepted = node.server().metrics().connectionsAccepted();
    long begin = System.nanoTime();
    // Some ten come through at once, and sixteen more each second at most.
    RawClient[] clients = new RawClient[200];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = new RawClient(node.port());
    }
    assertThat(node.server().metrics().connectionsAccepted() - accepted)
        .as("accepted after %d ms", (System.nanoTime() - begin) / 1_000_000)
        .isLessThan(clients.length);
    set(ALL_NODES, "max.connection.creation.rate", "2147483647");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> node.server().metrics().connectionsAccepted() - accepted >= clients.length);
    for (RawClient client : clients) {
      client.close();
    }
  }

  @Test
  void changesAreThereAfterARestart() throws Exception {
    set(ALL_NODES, "log.retention.ms", "2000000");
    set(NODE, "max.connections.per.ip", "500");
    restart();
    assertThat(describe(TOPIC).get("retention.ms").value()).isEqualTo("2000000");
    assertThat(describe(NODE).get("max.connections.per.ip").value()).isEqualTo("500");
    assertThat(node.broker().topics().find("flights").settings().log().retentionAge())
        .isEqualTo(Duration.ofSeconds(2000));
  }

  @Test
  void anAcknowledgedChangeIsThereAfterTheNodeWasKilled() throws Exception {
    Path data = folder.resolve("killed");
    try (ClientProcess process =
        ClientProcess.start(folder, ClientProcess.java(NodeProcess.class, data.toString(), "0"))) {
      await().atMost(Duration.ofSeconds(60)).until(() -> process.output().startsWith("serving"));
      String port = process.output().strip().substring("serving ".length());
      try (Admin before = admin("127.0.0.1:" + port)) {
        before
            .incrementalAlterConfigs(
                Map.of(
                    ALL_NODES,
                    List.of(
                        new AlterConfigOp(new ConfigEntry("log.retention.ms", "77"), OpType.SET))))
            .all()
            .get();
        process.kill();
      }
    }
    try (NodeFixture left = new NodeFixture(data);
        Admin after = admin(left.bootstrap())) {
      assertThat(describe(after, ALL_NODES).get("log.retention.ms").value()).isEqualTo("77");
    }
  }

  @Test
  void groupsWithSettingsAreListed() throws Exception {
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "board");
    assertThat(
            admin
                .listConfigResources(Set.of(group.type()), new ListConfigResourcesOptions())
                .all()
                .get())
        .isEmpty();
    set(group, "share.record.lock.duration.ms", "20000");
    assertThat(
            admin
                .listConfigResources(Set.of(group.type()), new ListConfigResourcesOptions())
                .all()
                .get())
        .containsExactly(group);
    delete(group, "share.record.lock.duration.ms");
    assertThat(
            admin
                .listConfigResources(Set.of(group.type()), new ListConfigResourcesOptions())
                .all()
                .get())
        .isEmpty();
  }
}
