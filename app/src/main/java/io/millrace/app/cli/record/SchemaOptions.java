package io.millrace.app.cli.record;

import io.millrace.app.cli.CommandException;
import io.millrace.schema.format.SchemaType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which schemas keys and values are stored by. */
public final class SchemaOptions {

  @Option(
      names = "--key-schema",
      paramLabel = "FILE",
      description = "The schema of keys: as for --value-schema.")
  private @Nullable Path keySchema;

  @Option(
      names = "--value-schema",
      paramLabel = "FILE",
      description =
          "The schema of values, which is registered if it is not there yet (default: the subject's"
              + " newest one).")
  private @Nullable Path valueSchema;

  @Option(
      names = "--key-subject",
      paramLabel = "NAME",
      description = "The subject of the keys' schema (default: TOPIC-key).")
  private @Nullable String keySubject;

  @Option(
      names = "--value-subject",
      paramLabel = "NAME",
      description = "The subject of the values' schema (default: TOPIC-value).")
  private @Nullable String valueSubject;

  @Option(
      names = "--key-message",
      paramLabel = "NAME",
      description = "The Protobuf message that keys are (default: the schema's first one).")
  private @Nullable String keyMessage;

  @Option(
      names = "--value-message",
      paramLabel = "NAME",
      description = "The Protobuf message that values are (default: the schema's first one).")
  private @Nullable String valueMessage;

  @Option(names = "--no-register", description = "Only use schemas that are registered.")
  private boolean noRegister;

  /** Stores keys of that topic; null when no format was named. */
  public @Nullable RecordCodec keys(FormatOptions formats, String topic) {
    return codec(
        formats,
        "key",
        formats.keyFormat(),
        keySchema,
        keySubject == null ? topic + "-key" : keySubject,
        keyMessage);
  }

  /** Stores values of that topic; null when no format was named. */
  public @Nullable RecordCodec values(FormatOptions formats, String topic) {
    return codec(
        formats,
        "value",
        formats.valueFormat(),
        valueSchema,
        valueSubject == null ? topic + "-value" : valueSubject,
        valueMessage);
  }

  private @Nullable RecordCodec codec(
      FormatOptions formats,
      String what,
      @Nullable DataFormat format,
      @Nullable Path file,
      String subject,
      @Nullable String message) {
    if (format == null || !format.hasSchema()) {
      if (file != null) {
        throw CommandException.usage(
            "--" + what + "-schema goes with --" + what + "-format avro, protobuf or json-schema");
      }
      return format == null ? null : FormatOptions.plain(format);
    }
    RegistryClient registry = formats.client();
    SchemaType type = type(format);
    RegistrySchema schema =
        file == null
            ? registry.latest(subject)
            : noRegister
                ? registry.find(subject, type, read(file))
                : registry.register(subject, type, read(file));
    if (schema.type() != type) {
      throw CommandException.failed(
          "the schema of "
              + subject
              + " is of type "
              + schema.type()
              + "; name that by --"
              + what
              + "-format");
    }
    return new SchemaCodec(registry, schema, message);
  }

  private static SchemaType type(DataFormat format) {
    return switch (format) {
      case AVRO -> SchemaType.AVRO;
      case PROTOBUF -> SchemaType.PROTOBUF;
      case JSON_SCHEMA -> SchemaType.JSON;
      case STRING, BYTES, HEX, BASE64, JSON ->
          throw new IllegalArgumentException(format + " has no schema");
    };
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw CommandException.usage(file + " cannot be read (" + e.getMessage() + ")");
    }
  }
}
