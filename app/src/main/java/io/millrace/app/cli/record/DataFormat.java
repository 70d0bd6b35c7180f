package io.millrace.app.cli.record;

import java.util.Locale;

/** How a key or a value is written. */
public enum DataFormat {
  /** Text in UTF-8. */
  STRING,
  /** Bytes as they are. */
  BYTES,
  /** Two digits for each byte. */
  HEX,
  /** RFC 4648, section 4. */
  BASE64,
  /** JSON without a schema. */
  JSON,
  /** JSON as Avro's specification has it ("JSON Encoding"), stored in Avro's binary encoding. */
  AVRO,
  /** JSON as Protobuf's specification has it ("ProtoJSON"), stored in Protobuf's encoding. */
  PROTOBUF,
  /** JSON that a JSON Schema allows. */
  JSON_SCHEMA;

  /** Whether a registry holds its schemas. */
  public boolean hasSchema() {
    return this == AVRO || this == PROTOBUF || this == JSON_SCHEMA;
  }

  /** As it is written in a command. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
