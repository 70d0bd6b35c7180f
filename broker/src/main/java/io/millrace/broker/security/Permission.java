package io.millrace.broker.security;

import org.jspecify.annotations.Nullable;

/** What an entry does. */
public enum Permission {
  DENY(2),
  ALLOW(3);

  private final byte code;

  Permission(int code) {
    this.code = (byte) code;
  }

  /** Its number in Kafka's protocol and in the metadata log. */
  public byte code() {
    return code;
  }

  /** The permission with that number, or null. */
  public static @Nullable Permission of(byte code) {
    for (Permission each : values()) {
      if (each.code == code) {
        return each;
      }
    }
    return null;
  }
}
