package io.millrace.broker.security;

import org.jspecify.annotations.Nullable;

/** How an entry's name is compared with a resource's (KIP-290). */
public enum PatternType {
  LITERAL(3),
  PREFIXED(4);

  private final byte code;

  PatternType(int code) {
    this.code = (byte) code;
  }

  /** Its number in Kafka's protocol and in the metadata log. */
  public byte code() {
    return code;
  }

  /** The way with that number, or null. */
  public static @Nullable PatternType of(byte code) {
    for (PatternType each : values()) {
      if (each.code == code) {
        return each;
      }
    }
    return null;
  }
}
