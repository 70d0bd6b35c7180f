package io.millrace.log;

import io.millrace.log.LogException.Reason;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;

/** What batches must be like to be appended. */
final class AppendCheck {

  private AppendCheck() {}

  /**
   * Checks a producer's batches; nothing is changed.
   *
   * @return how many there are
   */
  static int ofProducer(ByteBuffer batches, LogConfig config, long nowMillis) {
    int end = batches.limit();
    int count = 0;
    for (int at = batches.position(); at < end; count++) {
      int size = whole(batches, at, end, config.maxBatchBytes());
      RecordBatchView.checkRecords(batches, at);
      if (RecordBatchView.isControl(batches, at)
          || RecordBatchView.isAppendTime(batches, at)
          || RecordBatchView.hasDeleteHorizon(batches, at)) {
        throw new LogException(
            Reason.CORRUPT_BATCH,
            "a producer's batch has attributes that only the broker may set: "
                + RecordBatchView.attributes(batches, at));
      }
      if (!config.appendTime()) {
        checkNewest(batches, at, config.records(), nowMillis);
      }
      at += size;
    }
    boolean needsKeys = config.cleanup() != LogConfig.Cleanup.DELETE;
    boolean hasOldest =
        !config.appendTime() && config.records().maxBefore().compareTo(RecordLimits.UNBOUNDED) < 0;
    if (needsKeys || hasOldest) {
      long oldest =
          hasOldest ? nowMillis - config.records().maxBefore().toMillis() : Long.MIN_VALUE;
      checkEach(batches, needsKeys, oldest, config.records());
    }
    return atLeastOne(count);
  }

  /**
   * Checks batches copied from a leader: whole, and with offsets that grow from {@code nextOffset}.
   *
   * @return how many there are
   */
  static int ofLeader(ByteBuffer batches, long nextOffset) {
    int end = batches.limit();
    long next = nextOffset;
    int count = 0;
    for (int at = batches.position(); at < end; count++) {
      int size = whole(batches, at, end, Integer.MAX_VALUE);
      if (RecordBatchView.baseOffset(batches, at) < next) {
        throw new LogException(
            Reason.OFFSET_OUT_OF_RANGE,
            "a leader's batch has offset "
                + RecordBatchView.baseOffset(batches, at)
                + " where "
                + next
                + " or a later one follows");
      }
      next = RecordBatchView.lastOffset(batches, at) + 1;
      at += size;
    }
    return atLeastOne(count);
  }

  private static int whole(ByteBuffer batches, int at, int end, int maxBytes) {
    if (end - at >= RecordBatchView.HEADER_BYTES
        && RecordBatchView.magic(batches, at) == RecordBatchView.MAGIC
        && RecordBatchView.sizeBytes(batches, at) > maxBytes) {
      throw new LogException(
          Reason.BATCH_TOO_LARGE,
          "a batch has "
              + RecordBatchView.sizeBytes(batches, at)
              + " bytes; allowed: "
              + maxBytes
              + " (max.message.bytes)");
    }
    return RecordBatchView.check(batches, at, end - at);
  }

  private static int atLeastOne(int count) {
    if (count == 0) {
      throw new LogException(Reason.CORRUPT_BATCH, "an append has no batch; it needs one at least");
    }
    return count;
  }

  private static void checkNewest(ByteBuffer batches, int at, RecordLimits limits, long nowMillis) {
    long newest = RecordBatchView.maxTimestamp(batches, at);
    if (newest - nowMillis > limits.maxAfter().toMillis()) {
      throw new LogException(
          Reason.INVALID_TIMESTAMP,
          "a record has timestamp "
              + newest
              + ", which is "
              + (newest - nowMillis)
              + " ms from now; allowed: "
              + limits.maxAfter().toMillis()
              + " (message.timestamp.after.max.ms)");
    }
  }

  private static void checkEach(
      ByteBuffer batches, boolean needsKeys, long oldestMillis, RecordLimits limits) {
    try (RecordCursor cursor = RecordCursor.create(limits.maxDecompressedBytes())) {
      cursor.reset(batches, 0);
      while (cursor.next()) {
        if (needsKeys && cursor.keyLength() < 0) {
          throw new LogException(
              Reason.KEY_MISSING,
              "a record has no key; a compacted topic (cleanup.policy) keeps the last one of each");
        }
        // A record may also have no time, which is -1.
        if (cursor.timestampMillis() < oldestMillis && cursor.timestampMillis() >= 0) {
          throw new LogException(
              Reason.INVALID_TIMESTAMP,
              "a record has timestamp "
                  + cursor.timestampMillis()
                  + "; allowed: from "
                  + oldestMillis
                  + " on (message.timestamp.before.max.ms)");
        }
      }
    }
  }
}
