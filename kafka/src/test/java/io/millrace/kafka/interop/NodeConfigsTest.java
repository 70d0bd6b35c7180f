package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerSettings;
import io.millrace.kafka.KafkaServer;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.control.LogLevels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's settings are read by Kafka's names, and the levels of its loggers changed. */
class NodeConfigsTest {

  private static final ConfigResource NODE = new ConfigResource(ConfigResource.Type.BROKER, "1");
  private static final ConfigResource LOGGERS =
      new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");

  /** Loggers that a test can look at. */
  private static final class Levels implements LogLevels {
    private final Map<String, String> levels =
        new ConcurrentHashMap<>(Map.of(ROOT, "INFO", "io.millrace", "INFO"));

    @Override
    public Map<String, String> all() {
      return levels;
    }

    @Override
    public void set(String logger, @Nullable String level) {
      levels.put(logger, level == null ? Objects.requireNonNull(levels.get(ROOT)) : level);
    }
  }

  @TempDir Path folder;
  private final Levels levels = new Levels();
  private NodeFixture node;
  private KafkaServer server;
  private Admin admin;

  @BeforeEach
  void start() {
    BrokerSettings settings =
        BrokerSettings.defaults()
            .withDefaultPartitions(3)
            .withTopicDefaults(Map.of("retention.ms", "1000"))
            .withCompactionInterval(Duration.ofSeconds(7));
    node = new NodeFixture(folder, KafkaSettings.defaults(), settings, 0);
    server =
        KafkaServer.bind(node.broker(), KafkaSettings.defaults().listenOn("127.0.0.1", 0), levels);
    admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + server.port()));
  }

  @AfterEach
  void stop() {
    admin.close();
    assertThat(server.metrics().failures()).isZero();
    server.close();
    node.close();
  }

  private Config describe(ConfigResource resource) throws Exception {
    return Objects.requireNonNull(
        admin.describeConfigs(List.of(resource)).all().get().get(resource));
  }

  private void change(ConfigResource resource, String name, @Nullable String value, OpType how)
      throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(name, value), how))))
        .all()
        .get();
  }

  @Test
  void whatIsInForceIsShownByKafkasNames() throws Exception {
    Config node = describe(NODE);
    Map<String, String> expected =
        Map.of(
            "num.partitions", "3",
            "log.retention.ms", "1000",
            "log.cleaner.backoff.ms", "7000",
            "log.cleaner.threads", "1",
            "log.cleaner.min.cleanable.ratio", "0.5",
            "message.max.bytes", "1048588",
            "group.max.session.timeout.ms", "1800000",
            "transaction.max.timeout.ms", "900000",
            "node.id", "1");
    expected.forEach(
        (name, value) -> {
          ConfigEntry entry = node.get(name);
          assertThat(entry).as(name).isNotNull();
          assertThat(entry.value()).as(name).isEqualTo(value);
          assertThat(entry.isReadOnly())
              .as(name)
              .isEqualTo(!name.startsWith("log.") && !name.equals("message.max.bytes"));
        });
    assertThat(node.get("replica.fetch.min.bytes")).isNull();
  }

  @Test
  void aChangeOfTheNodeIsRefusedByNameWithWhatSetsIt() {
    assertThatThrownBy(() -> change(NODE, "num.partitions", "5", OpType.SET))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("num.partitions")
        .hasMessageContaining("topics.partitions");
    assertThatThrownBy(() -> change(NODE, "replica.fetch.min.bytes", "5", OpType.SET))
        .hasMessageContaining("replica.fetch.min.bytes cannot be set. This node is the only");
    assertThatThrownBy(() -> change(NODE, "colour", "red", OpType.SET))
        .hasMessageContaining("colour is not a setting of a broker");
  }

  @Test
  void theLevelOfALoggerIsChanged() throws Exception {
    assertThat(describe(LOGGERS).get("io.millrace").value()).isEqualTo("INFO");
    change(LOGGERS, "io.millrace", "DEBUG", OpType.SET);
    assertThat(describe(LOGGERS).get("io.millrace").value()).isEqualTo("DEBUG");
    change(LOGGERS, "io.millrace", "", OpType.DELETE);
    assertThat(levels.all()).containsEntry("io.millrace", "INFO");
    admin
        .incrementalAlterConfigs(
            Map.of(
                LOGGERS,
                List.of(new AlterConfigOp(new ConfigEntry(LogLevels.ROOT, "ERROR"), OpType.SET))),
            new AlterConfigsOptions().validateOnly(true))
        .all()
        .get();
    assertThat(levels.all()).containsEntry(LogLevels.ROOT, "INFO");
  }

  @Test
  void whatIsNoLoggerOrNoLevelIsRefused() {
    assertThatThrownBy(() -> change(LOGGERS, "io.millrace", "LOUD", OpType.SET))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> change(LOGGERS, "nobody", "INFO", OpType.SET))
        .hasCauseInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> change(LOGGERS, LogLevels.ROOT, "", OpType.DELETE))
        .hasCauseInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> change(LOGGERS, "io.millrace", "INFO", OpType.APPEND))
        .hasCauseInstanceOf(InvalidRequestException.class);
  }
}
