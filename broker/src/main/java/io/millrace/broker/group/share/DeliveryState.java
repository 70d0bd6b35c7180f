package io.millrace.broker.group.share;

import org.jspecify.annotations.Nullable;

/** Where a record is on its way through a share group; the codes are those of Kafka's records. */
public enum DeliveryState {
  /** To be delivered, for the first time or again. */
  AVAILABLE(0),
  /** Locked by the member that got it. Never stored. */
  ACQUIRED(1),
  /** Done. */
  ACKNOWLEDGED(2),
  /** Given up: rejected, delivered too often, or not there. */
  ARCHIVED(4);

  private final byte code;

  DeliveryState(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  /** Whether it is never delivered again. */
  boolean isFinal() {
    return this == ACKNOWLEDGED || this == ARCHIVED;
  }

  static @Nullable DeliveryState of(byte code) {
    for (DeliveryState state : values()) {
      if (state.code == code) {
        return state;
      }
    }
    return null;
  }
}
