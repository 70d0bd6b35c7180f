package io.millrace.app.cli.config;

import io.millrace.app.cli.CommandException;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** What a command is about. */
final class ResourceArguments {

  /** What has settings. */
  enum Kind {
    BROKER(ConfigResource.Type.BROKER),
    TOPIC(ConfigResource.Type.TOPIC),
    GROUP(ConfigResource.Type.GROUP);

    private final ConfigResource.Type type;

    Kind(ConfigResource.Type type) {
      this.type = type;
    }

    ConfigResource.Type type() {
      return type;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(index = "0", paramLabel = "KIND", description = "broker, topic or group.")
  private Kind kind = Kind.BROKER;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The topic, the group, or a broker's id (without it all brokers together).")
  private @Nullable String name;

  ConfigResource resource() {
    if (name == null && kind != Kind.BROKER) {
      throw CommandException.usage("which " + kind + "? Give its name after " + kind);
    }
    return new ConfigResource(kind.type(), name == null ? "" : name);
  }

  /** In words. */
  String text() {
    return name == null ? "all brokers" : kind + " " + name;
  }
}
