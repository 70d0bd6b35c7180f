package io.millrace.schema.record;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a new version of a schema must be able to do. */
public enum CompatibilityLevel {
  /** Nothing. */
  NONE(false, false, false),
  /** Read what the version before it has written. */
  BACKWARD(true, false, false),
  /** Read what all versions before it have written. */
  BACKWARD_TRANSITIVE(true, false, true),
  /** Be read by the version before it. */
  FORWARD(false, true, false),
  /** Be read by all versions before it. */
  FORWARD_TRANSITIVE(false, true, true),
  /** Read and be read by the version before it. */
  FULL(true, true, false),
  /** Read and be read by all versions before it. */
  FULL_TRANSITIVE(true, true, true);

  private final boolean backward;
  private final boolean forward;
  private final boolean transitive;

  CompatibilityLevel(boolean backward, boolean forward, boolean transitive) {
    this.backward = backward;
    this.forward = forward;
    this.transitive = transitive;
  }

  /** Whether the new schema must read data of older ones. */
  public boolean backward() {
    return backward;
  }

  /** Whether older schemas must read data of the new one. */
  public boolean forward() {
    return forward;
  }

  /** Whether that counts for all older versions, not only the latest. */
  public boolean transitive() {
    return transitive;
  }

  /** The level of that name in any case, or null. */
  public static @Nullable CompatibilityLevel named(String name) {
    for (CompatibilityLevel level : values()) {
      if (level.name().equals(name.toUpperCase(Locale.ROOT))) {
        return level;
      }
    }
    return null;
  }
}
