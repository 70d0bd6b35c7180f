package io.millrace.broker.security;

import org.jspecify.annotations.Nullable;

/** What is done to a resource (Kafka's AclOperation). */
public enum Operation {
  ALL(2),
  READ(3),
  WRITE(4),
  CREATE(5),
  DELETE(6),
  ALTER(7),
  DESCRIBE(8),
  CLUSTER_ACTION(9),
  DESCRIBE_CONFIGS(10),
  ALTER_CONFIGS(11),
  IDEMPOTENT_WRITE(12),
  CREATE_TOKENS(13),
  DESCRIBE_TOKENS(14),
  TWO_PHASE_COMMIT(15);

  private final byte code;

  Operation(int code) {
    this.code = (byte) code;
  }

  /** Its number in Kafka's protocol and in the metadata log. */
  public byte code() {
    return code;
  }

  /** The operation with that number, or null. */
  public static @Nullable Operation of(byte code) {
    for (Operation each : values()) {
      if (each.code == code) {
        return each;
      }
    }
    return null;
  }
}
