package io.millrace.log;

import io.millrace.log.batch.BatchRewriter;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import io.millrace.log.batch.TransactionMarker;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stays of each batch in a round of compaction. Given all batches of a log in order, from the
 * oldest on. Confined to the round's thread.
 *
 * <p>What only says that something has gone goes in three rounds (KIP-534). A tombstone: the first
 * round drops the values before it and gives the tombstone's batch a delete horizon, {@code
 * delete.retention.ms} from then; the first round after the horizon drops it. So a reader who began
 * at the start of the log has that long to reach it. A transaction marker: one round finds no
 * record of its transaction any more and gives it the horizon, a later one drops it.
 *
 * <p>Records without a key, and batches that cannot be decoded, are kept.
 */
final class BatchFilter {

  private final OffsetMap map;
  private final AbortedBatches aborted;
  private final long nowMillis;
  private final long horizonMillis;
  private final RecordCursor cursor;
  private final BatchRewriter rewriter = new BatchRewriter();

  /** Producers of which transactional records came since their last marker. */
  private final Set<Long> withRecords = new HashSet<>();

  BatchFilter(
      OffsetMap map,
      AbortedBatches aborted,
      long nowMillis,
      CompactionConfig rules,
      RecordCursor cursor) {
    this.map = map;
    this.aborted = aborted;
    this.nowMillis = nowMillis;
    this.horizonMillis = nowMillis + rules.deleteRetention().toMillis();
    this.cursor = cursor;
  }

  /** Whether the batch is of a transaction that was aborted. */
  static boolean isAborted(ByteBuffer buffer, int at, AbortedBatches aborted) {
    return RecordBatchView.isTransactional(buffer, at)
        && !RecordBatchView.isControl(buffer, at)
        && aborted.contains(
            RecordBatchView.producerId(buffer, at), RecordBatchView.baseOffset(buffer, at));
  }

  /** The same bytes, a smaller batch, or null; valid until the reader's next batch. */
  @Nullable ByteBuffer filter(BatchReader batches) {
    ByteBuffer buffer = batches.buffer();
    int at = batches.at();
    if (RecordBatchView.isControl(buffer, at)) {
      return control(batches);
    }
    if (RecordBatchView.isTransactional(buffer, at)) {
      withRecords.add(RecordBatchView.producerId(buffer, at));
      if (isAborted(buffer, at, aborted)) {
        return null;
      }
    }
    try {
      return records(batches);
    } catch (LogException undecodable) {
      return batches.batch();
    }
  }

  private @Nullable ByteBuffer control(BatchReader batches) {
    ByteBuffer buffer = batches.buffer();
    int at = batches.at();
    if (!TransactionMarker.isMarker(buffer, at)
        || withRecords.remove(RecordBatchView.producerId(buffer, at))) {
      return batches.batch();
    }
    if (!RecordBatchView.hasDeleteHorizon(buffer, at)) {
      return rewriter.withDeleteHorizon(buffer, at, horizonMillis);
    }
    return horizonPassed(buffer, at) ? null : batches.batch();
  }

  private @Nullable ByteBuffer records(BatchReader batches) {
    ByteBuffer buffer = batches.buffer();
    int at = batches.at();
    boolean passed = horizonPassed(buffer, at);
    int all = 0;
    int kept = 0;
    boolean tombstones = false;
    cursor.reset(batches.batch(), 0);
    while (cursor.next()) {
      all++;
      if (stays(passed)) {
        kept++;
        tombstones |= cursor.valueLength() < 0 && cursor.keyLength() >= 0;
      }
    }
    boolean mark = tombstones && !RecordBatchView.hasDeleteHorizon(buffer, at);
    if (kept == 0) {
      return null;
    }
    if (kept == all && !mark) {
      return batches.batch();
    }
    rewriter.start(buffer, at);
    if (mark) {
      rewriter.deleteHorizon(horizonMillis);
    }
    cursor.reset(batches.batch(), 0);
    while (cursor.next()) {
      if (stays(passed)) {
        rewriter.keep(cursor);
      }
    }
    return rewriter.finish();
  }

  private boolean horizonPassed(ByteBuffer buffer, int at) {
    return RecordBatchView.hasDeleteHorizon(buffer, at)
        && RecordBatchView.baseTimestamp(buffer, at) <= nowMillis;
  }

  private boolean stays(boolean horizonPassed) {
    if (cursor.keyLength() < 0) {
      return true;
    }
    return cursor.offset() >= map.get(cursor) && (cursor.valueLength() >= 0 || !horizonPassed);
  }
}
