package io.millrace.app.cli.record;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command writes keys and values; closing it closes the connection to the registry. */
public final class FormatOptions implements AutoCloseable {

  @Option(
      names = "--key-format",
      paramLabel = "FORMAT",
      description = "How keys are written: as for --value-format.")
  private @Nullable DataFormat keyFormat;

  @Option(
      names = "--value-format",
      paramLabel = "FORMAT",
      description =
          "How values are written: string, bytes, hex, base64, json, or JSON with a schema of the"
              + " registry: avro, protobuf, json-schema (default: string, in JSON Base64 where it is"
              + " no text).")
  private @Nullable DataFormat valueFormat;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8081",
      description = "The schema registry (default: ${DEFAULT-VALUE}).")
  private URI registry = URI.create("http://127.0.0.1:8081");

  private @Nullable RegistryClient client;

  /** The format of keys; null when none was named. */
  public @Nullable DataFormat keyFormat() {
    return keyFormat;
  }

  /** The format of values; null when none was named. */
  public @Nullable DataFormat valueFormat() {
    return valueFormat;
  }

  /** Shows keys; null when no format was named. */
  public @Nullable RecordCodec shownKeys() {
    return shown(keyFormat);
  }

  /** Shows values; null when no format was named. */
  public @Nullable RecordCodec shownValues() {
    return shown(valueFormat);
  }

  private @Nullable RecordCodec shown(@Nullable DataFormat format) {
    if (format == null) {
      return null;
    }
    return format.hasSchema() ? new SchemaCodec(client(), null, null) : plain(format);
  }

  static RecordCodec plain(DataFormat format) {
    return switch (format) {
      case STRING -> PlainCodec.STRING;
      case BYTES -> PlainCodec.BYTES;
      case HEX -> PlainCodec.HEX;
      case BASE64 -> PlainCodec.BASE64;
      case JSON -> PlainCodec.JSON;
      case AVRO, PROTOBUF, JSON_SCHEMA ->
          throw new IllegalArgumentException(format + " needs a schema");
    };
  }

  /** The registry, once it is needed. */
  RegistryClient client() {
    RegistryClient present = client;
    if (present == null) {
      present = new RegistryClient(registry);
      client = present;
    }
    return present;
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
