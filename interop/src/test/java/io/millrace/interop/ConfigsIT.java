package io.millrace.interop;

import static io.millrace.interop.KafkaTool.CONFIGS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code kafka-configs} shows and changes settings. */
@ExtendWith(SharedNode.class)
class ConfigsIT {

  @Test
  void settingsOfATopicAreChangedShownAndTakenBack(Tools tools) throws Exception {
    Setup.create(tools.bootstrap(), "configured", 1);
    tools
        .call(
            CONFIGS,
            "--alter",
            "--entity-type",
            "topics",
            "--entity-name",
            "configured",
            "--add-config",
            "retention.ms=3600000,cleanup.policy=[compact,delete]")
        .succeeded();
    assertThat(tools.call(CONFIGS, "--describe", "--topic", "configured").succeeded())
        .contains(
            "retention.ms=3600000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=3600000,"
                + " DEFAULT_CONFIG:log.retention.ms=604800000}")
        .contains("cleanup.policy=compact,delete ");

    tools
        .call(CONFIGS, "--alter", "--topic", "configured", "--delete-config", "retention.ms")
        .succeeded();
    assertThat(tools.call(CONFIGS, "--describe", "--topic", "configured").succeeded())
        .doesNotContain("retention.ms");
    assertThat(tools.call(CONFIGS, "--describe", "--all", "--topic", "configured").succeeded())
        .contains("retention.ms=604800000 sensitive=false synonyms={DEFAULT_CONFIG");
  }

  @Test
  void aSettingThatATopicDoesNotHaveIsRefused(Tools tools) throws Exception {
    Setup.create(tools.bootstrap(), "refusing", 1);
    assertThat(
            tools
                .call(
                    CONFIGS,
                    "--alter",
                    "--topic",
                    "refusing",
                    "--add-config",
                    "max.message.bytes=-7")
                .failed())
        .contains("max.message.bytes");
  }

  @Test
  void settingsOfTheBrokerAreShown(Tools tools) throws Exception {
    assertThat(
            tools
                .call(
                    CONFIGS,
                    "--describe",
                    "--all",
                    "--entity-type",
                    "brokers",
                    "--entity-name",
                    "1")
                .succeeded())
        .contains("socket.request.max.bytes=104857600")
        .contains("auto.create.topics.enable=true");
    assertThat(
            tools
                .call(CONFIGS, "--describe", "--entity-type", "brokers", "--entity-default")
                .succeeded())
        .contains("Default configs for brokers in the cluster are:");
  }

  @Test
  void settingsOfTheBrokerAreChangedAndTakenBackWhileItRuns(@TempDir Path folder) throws Exception {
    // A node of its own: what holds for all topics of a node is not for tests that share one.
    try (MillraceNode node = MillraceNode.start(folder.resolve("data"))) {
      changeAndTakeBack(new Tools(node.bootstrap()));
    }
  }

  private static void changeAndTakeBack(Tools tools) throws Exception {
    tools
        .call(
            CONFIGS,
            "--alter",
            "--entity-type",
            "brokers",
            "--entity-default",
            "--add-config",
            "log.cleaner.backoff.ms=12000,log.cleanup.policy=[compact,delete]")
        .succeeded();
    tools
        .call(
            CONFIGS,
            "--alter",
            "--entity-type",
            "brokers",
            "--entity-name",
            "1",
            "--add-config",
            "log.cleaner.backoff.ms=13000")
        .succeeded();
    assertThat(
            tools
                .call(CONFIGS, "--describe", "--entity-type", "brokers", "--entity-default")
                .succeeded())
        .contains("log.cleaner.backoff.ms=12000")
        .contains("log.cleanup.policy=compact,delete");
    assertThat(
            tools
                .call(CONFIGS, "--describe", "--entity-type", "brokers", "--entity-name", "1")
                .succeeded())
        .contains(
            "log.cleaner.backoff.ms=13000 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.cleaner.backoff.ms=13000,"
                + " DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.backoff.ms=12000,"
                + " DEFAULT_CONFIG:log.cleaner.backoff.ms=15000}");
    for (String[] scope : new String[][] {{"--entity-default"}, {"--entity-name", "1"}}) {
      tools
          .call(
              CONFIGS,
              Stream.of(
                      new String[] {"--alter", "--entity-type", "brokers"},
                      scope,
                      new String[] {
                        "--delete-config",
                        scope.length == 1
                            ? "log.cleaner.backoff.ms,log.cleanup.policy"
                            : "log.cleaner.backoff.ms"
                      })
                  .flatMap(Stream::of)
                  .toArray(String[]::new))
          .succeeded();
    }
    assertThat(
            tools
                .call(CONFIGS, "--describe", "--entity-type", "brokers", "--entity-default")
                .succeeded())
        .doesNotContain("log.cleaner");
    assertThat(
            tools
                .call(
                    CONFIGS,
                    "--alter",
                    "--entity-type",
                    "brokers",
                    "--entity-name",
                    "1",
                    "--add-config",
                    "num.partitions=7")
                .failed())
        .contains("Cannot update these configs dynamically: num.partitions");
  }
}
