package io.millrace.broker.security;

import org.jspecify.annotations.Nullable;

/** What an access control entry is about (Kafka's ResourceType). */
public enum ResourceType {
  TOPIC(2),
  GROUP(3),
  CLUSTER(4),
  TRANSACTIONAL_ID(5),
  DELEGATION_TOKEN(6),
  USER(7);

  private final byte code;

  ResourceType(int code) {
    this.code = (byte) code;
  }

  /** Its number in Kafka's protocol and in the metadata log. */
  public byte code() {
    return code;
  }

  /** The kind with that number, or null. */
  public static @Nullable ResourceType of(byte code) {
    for (ResourceType each : values()) {
      if (each.code == code) {
        return each;
      }
    }
    return null;
  }
}
