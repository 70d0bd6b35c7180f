package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.config.Configuration;
import io.millrace.broker.group.GroupSettings;
import io.millrace.broker.group.StreamsGroupSettings;
import io.millrace.console.ConsoleSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a configuration means for the parts of a node. */
class NodeSettingsTest {

  @Test
  void theConsoleTakesItsNamesAndBoundsFromTheConfiguration() {
    Configuration configuration =
        Configuration.USUAL
            .assign("console.allowed-hosts=Millrace.example.com, console.lan", "--set")
            .assign("console.max-body-bytes=1MiB", "--set")
            .assign("console.max-connections=20", "--set");

    ConsoleSettings console = NodeSettings.of(configuration).console();

    assertThat(console.allowedHosts())
        .containsExactlyInAnyOrder("millrace.example.com", "console.lan");
    assertThat(console.maxBodyBytes()).isEqualTo(1 << 20);
    assertThat(console.maxConnections()).isEqualTo(20);
  }

  @Test
  void theConsolesOwnDefaultsAreThoseOfTheConfiguration() {
    assertThat(NodeSettings.of(Configuration.USUAL).console())
        .isEqualTo(ConsoleSettings.defaults());
  }

  @Test
  void streamsGroupsGoByTheConfiguration() {
    Configuration configuration =
        Configuration.USUAL
            .assign("groups.streams.session-timeout=20s", "--set")
            .assign("groups.streams.heartbeat-interval=2s", "--set")
            .assign("groups.streams.initial-rebalance-delay=3s", "--set")
            .assign("groups.streams.standby-replicas=1", "--set")
            .assign("groups.streams.warmup-replicas=4", "--set")
            .assign("groups.streams.acceptable-recovery-lag=500", "--set")
            .assign("groups.streams.task-offset-interval=30s", "--set")
            .assign("groups.streams.max-size=7", "--set");

    assertThat(CoordinatorSettings.groups(configuration).streams())
        .isEqualTo(
            new StreamsGroupSettings(
                Duration.ofSeconds(20),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                1,
                4,
                500,
                Duration.ofSeconds(30),
                7));
  }

  @Test
  void groupsOwnDefaultsAreThoseOfTheConfiguration() {
    assertThat(CoordinatorSettings.groups(Configuration.USUAL)).isEqualTo(GroupSettings.defaults());
  }
}
