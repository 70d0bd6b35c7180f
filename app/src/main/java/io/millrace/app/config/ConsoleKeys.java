package io.millrace.app.config;

import io.millrace.schema.record.CompatibilityLevel;
import java.util.List;
import java.util.Set;

/** The console's port, and the schema registry that is served there. */
public final class ConsoleKeys {

  public static final Key<Integer> PORT =
      new Key<>(
          "console.port",
          Kind.PORT,
          "8081",
          "Port of the console, its API and `/metrics`; 0 for any free one.");
  public static final Key<Set<String>> ALLOWED_HOSTS =
      new Key<>(
          "console.allowed-hosts",
          Kind.HOST_NAMES,
          null,
          "Names that the console may be asked by, besides `localhost`, `host` and IP addresses;"
              + " other names are answered 421.");
  public static final Key<Long> MAX_BODY_BYTES =
      new Key<>(
          "console.max-body-bytes",
          Kind.bytesTo(16 << 20),
          "256KiB",
          "The longest body of a request to the console's API; longer ones are answered 413.");
  public static final Key<Integer> MAX_CONNECTIONS =
      new Key<>(
          "console.max-connections",
          Kind.count(1, 10_000),
          "256",
          "Open connections to the console; further ones are answered 503.");
  public static final Key<Boolean> SCHEMA_REGISTRY_ENABLED =
      new Key<>(
          "schema-registry.enabled",
          Kind.SWITCH,
          "true",
          "Whether the console's port serves a schema registry: see docs/schema-registry.md.");
  public static final Key<String> SCHEMA_REGISTRY_TOPIC =
      new Key<>(
          "schema-registry.topic",
          Kind.TEXT,
          "_schemas",
          "Topic that holds the schemas; made, compacted, when the first one is registered.");
  public static final Key<CompatibilityLevel> SCHEMA_REGISTRY_COMPATIBILITY =
      new Key<>(
          "schema-registry.compatibility",
          Kind.oneOf(CompatibilityLevel.class),
          "backward",
          "What a new version of a schema must be able to do, where no other level is set.");
  public static final Key<Long> SCHEMA_REGISTRY_MAX_SCHEMA_SIZE =
      new Key<>(
          "schema-registry.max-schema-size",
          Kind.bytesTo(4 << 20),
          "1MiB",
          "The longest text of a schema; longer ones are refused.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(
          PORT,
          ALLOWED_HOSTS,
          MAX_BODY_BYTES,
          MAX_CONNECTIONS,
          SCHEMA_REGISTRY_ENABLED,
          SCHEMA_REGISTRY_TOPIC,
          SCHEMA_REGISTRY_COMPATIBILITY,
          SCHEMA_REGISTRY_MAX_SCHEMA_SIZE);

  private ConsoleKeys() {}
}
