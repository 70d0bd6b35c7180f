package io.millrace.broker.group.member;

import org.jspecify.annotations.Nullable;

/**
 * A fact about a group of a heartbeat protocol. A later one of the same key replaces an earlier.
 */
public interface HeartbeatRecord {

  /** What a record is about. */
  enum Kind {
    /** The group's epoch. */
    GROUP,
    /** A member's own words. */
    MEMBER,
    /** The group epoch that all targets stand for. */
    TARGET_EPOCH,
    /** What a member is to have. */
    TARGET,
    /** What a member has. */
    CURRENT,
    /** What an application consists of; of streams groups only. */
    TOPOLOGY;

    /** Whether there is one for each member, and not for the group. */
    public boolean ofMember() {
      return this == MEMBER || this == TARGET || this == CURRENT;
    }
  }

  /** The group that it is about. */
  String group();

  /** What it is about. */
  Kind kind();

  /** The member that it is about; null for what is the group's. */
  default @Nullable String memberId() {
    return null;
  }

  /** Whether it says that there is nothing any more: a tombstone. */
  default boolean isTombstone() {
    return false;
  }
}
