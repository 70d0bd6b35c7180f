package io.millrace.schema;

import io.millrace.core.SettingException;
import io.millrace.schema.record.CompatibilityLevel;

/**
 * How a registry works.
 *
 * @param topic that holds its state: one partition, compacted; made by the first write
 * @param compatibility where nobody has set another level
 * @param maxSchemaBytes of a schema's text, in UTF-8; from 1 KiB to 4 MiB
 */
public record RegistrySettings(String topic, CompatibilityLevel compatibility, int maxSchemaBytes) {

  /** Checks the range. */
  public RegistrySettings {
    if (maxSchemaBytes < 1024 || maxSchemaBytes > 4 << 20) {
      throw new SettingException(
          "schema-registry.max-schema-size",
          "is " + maxSchemaBytes,
          "a number of bytes from 1024 to 4194304");
    }
  }

  /** The topic {@code _schemas}, backward compatibility, schemas up to 1 MiB. */
  public static RegistrySettings defaults() {
    return new RegistrySettings("_schemas", CompatibilityLevel.BACKWARD, 1 << 20);
  }
}
