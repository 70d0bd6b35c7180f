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
  static int ofProducer(ByteBuffer batches, LogConfig config) {
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
      at += size;
    }
    if (config.cleanup() != LogConfig.Cleanup.DELETE) {
      checkKeys(batches);
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

  private static void checkKeys(ByteBuffer batches) {
    try (RecordCursor cursor = RecordCursor.create()) {
      cursor.reset(batches, 0);
      while (cursor.next()) {
        if (cursor.keyLength() < 0) {
          throw new LogException(
              Reason.KEY_MISSING,
              "a record has no key; a compacted topic (cleanup.policy) keeps the last one of each");
        }
      }
    }
  }
}
