package io.millrace.app.cli;

import io.millrace.app.config.AmqpKeys;
import io.millrace.app.config.AmqpSecurityKeys;
import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConsoleKeys;
import io.millrace.app.config.EdgeKeys;
import io.millrace.app.config.KafkaKeys;
import io.millrace.app.config.Key;
import io.millrace.app.config.Keys;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings of a node that have a flag of their own. */
public final class NodeOptions {

  private static final int HIGHEST_PORT_BASE = 65_531;

  @Option(
      names = {"-d", "--data"},
      paramLabel = "DIR",
      description = "Folder of all that is stored (default: data).")
  private @Nullable String data;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Address that all ports listen on (default: 127.0.0.1).")
  private @Nullable String host;

  @Option(
      names = "--kafka-port",
      paramLabel = "N",
      description = "Port of the Kafka protocol (default: 9092); 0 for any free one.")
  private @Nullable String kafkaPort;

  @Option(
      names = "--amqp-port",
      paramLabel = "N",
      description = "Port of AMQP 0-9-1 (default: 5672); 0 for any free one.")
  private @Nullable String amqpPort;

  @Option(
      names = "--edge-port",
      paramLabel = "N",
      description = "Port of the HTTP edge (default: 8080); 0 for any free one.")
  private @Nullable String edgePort;

  @Option(
      names = "--console-port",
      paramLabel = "N",
      description = "Port of the console and /metrics (default: 8081); 0 for any free one.")
  private @Nullable String consolePort;

  @Option(
      names = "--port-base",
      paramLabel = "N",
      description = {
        "Moves the ports to N (Kafka), N+1 (edge), N+2 (console), N+3 (AMQP)",
        "and N+4 (AMQP over TLS)."
      })
  private @Nullable Integer portBase;

  /** The configuration with what the flags say. */
  public Configuration applyTo(Configuration configuration) {
    Configuration changed = configuration;
    if (portBase != null) {
      if (portBase < 1 || portBase > HIGHEST_PORT_BASE) {
        throw CommandException.usage(
            "--port-base is " + portBase + "; allowed: a number from 1 to " + HIGHEST_PORT_BASE);
      }
      changed = set(changed, KafkaKeys.PORT, "--port-base", Integer.toString(portBase));
      changed = set(changed, EdgeKeys.PORT, "--port-base", Integer.toString(portBase + 1));
      changed = set(changed, ConsoleKeys.PORT, "--port-base", Integer.toString(portBase + 2));
      changed = set(changed, AmqpKeys.PORT, "--port-base", Integer.toString(portBase + 3));
      changed =
          set(changed, AmqpSecurityKeys.TLS_PORT, "--port-base", Integer.toString(portBase + 4));
    }
    changed = set(changed, Keys.DATA, "--data", data);
    changed = set(changed, Keys.HOST, "--host", host);
    changed = set(changed, KafkaKeys.PORT, "--kafka-port", kafkaPort);
    changed = set(changed, AmqpKeys.PORT, "--amqp-port", amqpPort);
    changed = set(changed, EdgeKeys.PORT, "--edge-port", edgePort);
    return set(changed, ConsoleKeys.PORT, "--console-port", consolePort);
  }

  private static Configuration set(
      Configuration configuration, Key<?> key, String flag, @Nullable String value) {
    return value == null ? configuration : configuration.with(key, value, flag);
  }
}
