package io.millrace.interop;

import static io.millrace.interop.KafkaTool.CONFIGS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

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
                + " DEFAULT_CONFIG:retention.ms=604800000}")
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
}
