package io.millrace.broker.group.share;

import org.jspecify.annotations.Nullable;

/** What a member says about a record that it has locked; the codes are those of the protocol. */
public enum AcknowledgeType {
  /** There is no record at the offset. */
  GAP(0),
  /** It is done. */
  ACCEPT(1),
  /** Others may have it. */
  RELEASE(2),
  /** It cannot be done by anybody. */
  REJECT(3),
  /** More time, please (KIP-1222). */
  RENEW(4);

  private final byte code;

  AcknowledgeType(int code) {
    this.code = (byte) code;
  }

  /** Its number on the wire. */
  public byte code() {
    return code;
  }

  /** The type with that code, or null. */
  public static @Nullable AcknowledgeType of(byte code) {
    for (AcknowledgeType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }
}
