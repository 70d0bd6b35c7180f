package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topic.TopicSetting;
import io.millrace.kafka.control.BrokerSettingTable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No setting of Kafka's is accepted and then ignored: each is in a table of ours. */
class KafkaSettingsTest {

  /** Gone from Kafka 4 but for its name, which is refused there too. */
  private static final Set<String> REMOVED = Set.of("message.downconversion.enable");

  /** Settings of the same kind that Kafka keeps elsewhere (QuotaConfig). */
  private static final List<String> THROTTLES =
      List.of("leader.replication.throttled.replicas", "follower.replication.throttled.replicas");

  /** Ours: they have no name in Kafka. */
  private static final List<String> OURS = List.of("durability", "flush.interval.ms");

  @TempDir Path folder;

  @Test
  void eachTopicSettingOfKafkaIsInTheTableOfTopicSettings() throws IllegalAccessException {
    List<String> kafkas = new ArrayList<>(THROTTLES);
    for (Field field : TopicConfig.class.getFields()) {
      if (field.getName().endsWith("_CONFIG") && !REMOVED.contains(field.get(null))) {
        kafkas.add((String) field.get(null));
      }
    }
    assertThat(kafkas).hasSizeGreaterThan(30);
    kafkas.addAll(OURS);
    assertThat(TopicSetting.all())
        .extracting(TopicSetting::name)
        .containsExactlyInAnyOrderElementsOf(kafkas);
  }

  @Test
  void eachBrokerSettingOfKafkaIsInTheTableOfBrokerSettings() throws IOException {
    List<String> kafkas;
    // The names in org.apache.kafka.server.config.AbstractKafkaConfig.CONFIG_DEF of Kafka 4.4.0.
    try (InputStream list =
        Objects.requireNonNull(getClass().getResourceAsStream("/kafka-4.4-broker-settings.txt"))) {
      kafkas = new String(list.readAllBytes(), UTF_8).lines().toList();
    }
    try (NodeFixture node = new NodeFixture(folder)) {
      BrokerSettingTable table =
          new BrokerSettingTable(node.broker(), KafkaSettings.defaults().byName());
      assertThat(
              table.all().stream().map(BrokerSettingTable.Entry::name).collect(Collectors.toList()))
          .containsExactlyInAnyOrderElementsOf(kafkas);
      assertThat(table.all()).allSatisfy(entry -> assertThat(entry.how()).endsWith("."));
    }
  }
}
