package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.kafka.NodeFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unmodified clients push the metrics that they are asked for, and these can be seen (KIP-714). */
class TelemetryTest {

  private static final ConfigResource PRODUCERS =
      new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "producers");

  @TempDir Path folder;
  private NodeFixture node;
  private Admin admin;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @BeforeEach
  void start() {
    node = new NodeFixture(folder);
    node.server().bindTo(registry);
    admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
  }

  @AfterEach
  void stop() {
    admin.close();
    assertThat(node.server().metrics().failures()).isZero();
    node.close();
  }

  private void set(String name, String value, AlterConfigOp.OpType op) throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(PRODUCERS, List.of(new AlterConfigOp(new ConfigEntry(name, value), op))))
        .all()
        .get();
  }

  private Map<String, String> described() throws Exception {
    Map<String, String> values = new HashMap<>();
    admin
        .describeConfigs(List.of(PRODUCERS))
        .all()
        .get()
        .get(PRODUCERS)
        .entries()
        .forEach(entry -> values.put(entry.name(), entry.value()));
    return values;
  }

  private List<Meter> ofTheClient() {
    return registry.getMeters().stream()
        .filter(meter -> meter.getId().getName().startsWith("millrace.kafka.client.producer."))
        .filter(meter -> "observed".equals(meter.getId().getTag("client")))
        .toList();
  }

  @Test
  void aProducerPushesItsMetricsUntilItIsClosed() throws Exception {
    set("metrics", "org.apache.kafka.producer.", AlterConfigOp.OpType.SET);
    set("interval.ms", "200", AlterConfigOp.OpType.SET);
    set("match", "client_software_name=apache-kafka-java", AlterConfigOp.OpType.SET);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                node.bootstrap(),
                "client.id",
                "observed",
                "enable.metrics.push",
                true),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>("orders", "v")).get();
      assertThat(producer.clientInstanceId(Duration.ofSeconds(60))).isNotNull();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(ofTheClient())
                      .isNotEmpty()
                      .allMatch(meter -> meter.getId().getTag("instance") != null));
    }
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(ofTheClient()).isEmpty());
  }

  @Test
  void subscriptionsAreSetDescribedListedAndTakenAwayAsInKafka() throws Exception {
    assertThat(described()).containsEntry("interval.ms", "300000").containsEntry("metrics", "");
    set("metrics", "a.,b.", AlterConfigOp.OpType.SET);
    set("metrics", "c.", AlterConfigOp.OpType.APPEND);
    set("metrics", "a.", AlterConfigOp.OpType.SUBTRACT);
    set("interval.ms", "1000", AlterConfigOp.OpType.SET);
    assertThat(described())
        .containsEntry("metrics", "b.,c.")
        .containsEntry("interval.ms", "1000")
        .containsEntry("match", "");
    assertThatThrownBy(() -> set("interval.ms", "1", AlterConfigOp.OpType.SET))
        .hasCauseInstanceOf(InvalidConfigurationException.class);
    assertThat(resources(ConfigResource.Type.CLIENT_METRICS)).containsExactly(PRODUCERS);

    admin.close();
    node.close();
    node = new NodeFixture(folder);
    admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()));
    assertThat(described()).containsEntry("metrics", "b.,c.");
    set("metrics", "", AlterConfigOp.OpType.DELETE);
    set("interval.ms", "", AlterConfigOp.OpType.DELETE);
    assertThat(resources(ConfigResource.Type.CLIENT_METRICS)).isEmpty();
    assertThat(resources(ConfigResource.Type.BROKER))
        .containsExactly(new ConfigResource(ConfigResource.Type.BROKER, "1"));
    assertThat(resources(ConfigResource.Type.TOPIC))
        .contains(new ConfigResource(ConfigResource.Type.TOPIC, "__consumer_offsets"));
    assertThat(resources(ConfigResource.Type.GROUP)).isEmpty();
  }

  private List<ConfigResource> resources(ConfigResource.Type type) throws Exception {
    return List.copyOf(
        admin.listConfigResources(Set.of(type), new ListConfigResourcesOptions()).all().get());
  }
}
