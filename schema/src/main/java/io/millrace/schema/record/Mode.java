package io.millrace.schema.record;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What may be done to subjects. */
public enum Mode {
  READWRITE,
  READONLY,
  /** As {@link #READONLY}, and no subject can be excepted from it. */
  READONLY_OVERRIDE,
  /** Schemas come with their ids and versions, and compatibility is not checked. */
  IMPORT;

  /** Whether nothing may be changed. */
  public boolean isReadOnly() {
    return this == READONLY || this == READONLY_OVERRIDE;
  }

  /** The mode of that name in any case, or null. */
  public static @Nullable Mode named(String name) {
    for (Mode mode : values()) {
      if (mode.name().equals(name.toUpperCase(Locale.ROOT))) {
        return mode;
      }
    }
    return null;
  }
}
