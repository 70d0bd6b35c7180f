package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.config.Configuration;
import io.millrace.console.ConsoleSettings;
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
}
