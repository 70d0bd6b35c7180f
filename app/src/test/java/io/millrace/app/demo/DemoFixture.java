package io.millrace.app.demo;

import io.millrace.app.config.AmqpKeys;
import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConfigurationFile;
import io.millrace.app.config.ConsoleKeys;
import io.millrace.app.config.EdgeKeys;
import io.millrace.app.config.KafkaKeys;
import io.millrace.app.config.Keys;
import io.millrace.app.node.NodeSettings;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** The demo on free ports, with its data in a folder of the test. */
final class DemoFixture {

  static final Path EXAMPLE =
      Path.of(System.getProperty("project.root", "."), "examples", "flights");

  private DemoFixture() {}

  static DemoSettings settings(Path data, Duration lag, Duration replay, int viewers) {
    Configuration configuration =
        ConfigurationFile.read(EXAMPLE.resolve("millrace.yaml"))
            .with(Keys.DATA, data.toString(), "test")
            .with(KafkaKeys.PORT, "0", "test")
            .with(AmqpKeys.PORT, "0", "test")
            .with(EdgeKeys.PORT, "0", "test")
            .with(ConsoleKeys.PORT, "0", "test");
    return new DemoSettings(EXAMPLE, NodeSettings.of(configuration), lag, replay, viewers);
  }

  /** Says how far it is in the test's output. */
  static DemoProgress progress() {
    return new DemoProgress(new PrintStream(System.out, true, StandardCharsets.UTF_8), false);
  }
}
