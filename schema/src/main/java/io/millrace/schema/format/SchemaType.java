package io.millrace.schema.format;

import org.jspecify.annotations.Nullable;

/** The formats that schemas are written in, by the names that registry clients use. */
public enum SchemaType {
  AVRO,
  JSON,
  PROTOBUF;

  /** The type of that name, Avro when none is given, or null when there is no such type. */
  public static @Nullable SchemaType named(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return AVRO;
    }
    for (SchemaType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
