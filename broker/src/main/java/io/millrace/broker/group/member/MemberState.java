package io.millrace.broker.group.member;

import org.jspecify.annotations.Nullable;

/**
 * Where a member is on its way to its target: partitions of a consumer group, tasks of a streams
 * group. The codes are those of Kafka's records of consumer groups.
 */
public enum MemberState {
  /** It has what it is to have. */
  STABLE(0),
  /** It is to give partitions back, and has not said yet that it has. */
  UNREVOKED_PARTITIONS(1),
  /** It is to get partitions that others have not given back yet. */
  UNRELEASED_PARTITIONS(2);

  private final byte code;

  MemberState(int code) {
    this.code = (byte) code;
  }

  /** Its number in the records of consumer groups. */
  public byte code() {
    return code;
  }

  /** The state of that number, or null. */
  public static @Nullable MemberState of(byte code) {
    for (MemberState state : values()) {
      if (state.code == code) {
        return state;
      }
    }
    return null;
  }
}
