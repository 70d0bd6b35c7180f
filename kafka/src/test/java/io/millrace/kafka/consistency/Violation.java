package io.millrace.kafka.consistency;

/** Something in a history that cannot be. */
record Violation(Kind kind, String what) {

  /** What kind of promise is broken. */
  enum Kind {
    /** An acknowledged record is not there, or not where it was said to be. */
    LOST,
    /** A record is there more than once. */
    DUPLICATE,
    /** A record is there that nobody sent. */
    PHANTOM,
    /** Records of one producer are not in the order in which it sent them. */
    REORDERED,
    /** A record of an idempotent producer is there, and one that it sent before is not. */
    GAP,
    /** {@code read_committed} showed a record of a transaction that was not committed. */
    DIRTY_READ,
    /** Of a transaction a part counts, and a part does not. */
    NOT_ATOMIC,
    /** A read shows something else than what is there: skipped, changed, or past the limit. */
    WRONG_READ,
    /** A record is shown that was deleted before. */
    DELETED_READ,
    /** A partition has two owners in a group at a time. */
    TWO_OWNERS,
    /** A group's position is older than one that was committed before. */
    OFFSET_WENT_BACK,
    /** A group's position is none that was committed. */
    OFFSET_UNKNOWN,
    /** A high watermark or last stable offset fell, or is not what it has to be. */
    WATERMARK,
    /** ListOffsets says something else than what is there. */
    LISTED_OFFSET,
    /** A client was refused what it may do. */
    REFUSED,
    /** A transaction that has ended is still taken for open. */
    STUCK
  }

  @Override
  public String toString() {
    return kind + ": " + what;
  }
}
