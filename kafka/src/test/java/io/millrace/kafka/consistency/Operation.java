package io.millrace.kafka.consistency;

import java.util.List;

/**
 * One line of a history: who asked what, when that was sent, when it was answered, and what came of
 * it. Times are ticks of the history's counter, {@link #NEVER} for an answer that did not come.
 */
sealed interface Operation {

  /** When an answer came that has not come. */
  long NEVER = Long.MAX_VALUE;

  /** The transaction of what is in none. */
  String NO_TRANSACTION = "";

  /** Who asked. */
  String who();

  /** When it was asked first. */
  long sent();

  /** When the last answer was there. */
  long answered();

  /** What came of a change. */
  enum Outcome {
    /** The node said that it is done. */
    DONE,
    /** The node said that it is not done, and never did not answer. */
    REFUSED,
    /** Nobody knows. */
    UNKNOWN
  }

  /** Where in a partition. */
  enum Position {
    EARLIEST,
    LATEST,
    LATEST_COMMITTED,
    BY_TIME
  }

  /** How a producer sends. */
  enum Delivery {
    /** Idempotent: sent again until it is answered. */
    ONCE,
    /** Sent a single time, and answered once consumers see it. */
    AT_MOST_ONCE,
    /** Sent a single time, and answered before consumers see it, or not at all. */
    UNSEEN
  }

  /** A record in a partition; a transaction's marker has an empty value. */
  record Entry(long offset, long timestamp, String value) {
    boolean isMarker() {
      return value.isEmpty();
    }
  }

  /** A producer begins under a transactional id, which fences the one before. */
  record Begin(String who, String transactionalId, long sent, long answered) implements Operation {}

  /**
   * A batch of records.
   *
   * @param again whether it was acknowledged before, and is sent once more
   * @param offset of its first record, or -1 when that is not told
   */
  record Produce(
      String who,
      int partition,
      List<String> values,
      String transaction,
      Delivery delivery,
      boolean again,
      long sent,
      long answered,
      Outcome outcome,
      long offset)
      implements Operation {}

  /** The end of a transaction. */
  record EndTransaction(
      String who, String transaction, boolean commit, long sent, long answered, Outcome outcome)
      implements Operation {}

  /** A group's position, alone or in a transaction. Of each group and partition it only grows. */
  record CommitOffset(
      String who,
      String group,
      int partition,
      long offset,
      String transaction,
      long sent,
      long answered,
      Outcome outcome)
      implements Operation {}

  /** A look at a group's position: -1 for none. */
  record FetchOffset(String who, String group, int partition, long sent, long answered, long offset)
      implements Operation {}

  /**
   * What a consumer got, from the offset it asked for to the one it goes on from.
   *
   * @param highWatermark as told with it, or -1
   * @param lastStableOffset as told with it, or -1
   */
  record Read(
      String who,
      int partition,
      boolean committed,
      long from,
      long next,
      List<Entry> entries,
      long highWatermark,
      long lastStableOffset,
      long sent,
      long answered)
      implements Operation {}

  /** A look at a partition's offsets. */
  record ListOffset(
      String who,
      int partition,
      Position position,
      long timestamp,
      long sent,
      long answered,
      long offset)
      implements Operation {}

  /**
   * Records of a partition are deleted.
   *
   * @param before the offset before which all of them are
   */
  record DeleteRecords(String who, int partition, long before, long sent, long answered)
      implements Operation {}

  /** A consumer was told that there is nothing where it wanted to read on. */
  record OutOfRange(String who, int partition, long from, long sent, long answered)
      implements Operation {}

  /** A member had a partition, from when it was told so until it gave it up. */
  record Owned(String who, String group, int partition, long sent, long answered)
      implements Operation {}

  /** A refusal for which there is no reason. */
  record Refused(String who, String what, long sent, long answered) implements Operation {}

  /** The node died, and was back. */
  record Crash(String who, long sent, long answered) implements Operation {}

  /** From here on no client is at work, and open transactions are aborted. */
  record Settling(String who, long sent, long answered) implements Operation {}

  /** Declares that the group copies a partition to another one by transactions. */
  record Copying(String who, String group, int input, int output, long sent, long answered)
      implements Operation {}

  /**
   * All that a partition has in the end: with markers, and as {@code read_committed} shows it;
   * where records were deleted, what was there before.
   *
   * @param start of what is still there
   */
  record Final(
      String who,
      int partition,
      long start,
      List<Entry> log,
      List<Entry> committed,
      long highWatermark,
      long lastStableOffset,
      long sent,
      long answered)
      implements Operation {}
}
