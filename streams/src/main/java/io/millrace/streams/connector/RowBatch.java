package io.millrace.streams.connector;

import io.millrace.streams.operator.Stage;
import io.millrace.streams.row.Row;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one partition on their way from the thread that decodes them to the job's, with where the
 * reading stands after them. Filled by the one, emptied by the other, then filled again; whoever
 * holds it owns it.
 */
final class RowBatch {

  static final int ROWS = 512;

  private final Row[] rows;
  private final long[] offsets = new long[ROWS];
  private final long[] watermarks = new long[ROWS];
  private int size;

  /** The partition that was read; null when only time or idleness changed. */
  @Nullable PartitionReader reader;

  /** The offset after the batch, and the partition's watermark there. */
  long nextOffset;

  long watermark = Stage.NO_WATERMARK;

  /** The thread's own watermark after the batch: the least of its partitions'. */
  long threadWatermark = Stage.NO_WATERMARK;

  /** Whether all of the thread's partitions are idle. */
  boolean threadIdle;

  /** Which of the thread's partitions are idle, in its order; null when that did not change. */
  boolean @Nullable [] idle;

  /** What the thread counted so far, this batch included. */
  final SourceMetrics counted = new SourceMetrics();

  /** Why the thread ended, if it did. */
  @Nullable Throwable failure;

  RowBatch(int columns) {
    rows = new Row[ROWS];
    for (int i = 0; i < ROWS; i++) {
      rows[i] = new Row(columns);
    }
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size == ROWS;
  }

  /** Copies a row, with its offset and the partition's watermark after it. */
  void add(Row row, long offset, long partitionWatermark) {
    rows[size].copyFrom(row);
    offsets[size] = offset;
    watermarks[size] = partitionWatermark;
    size++;
  }

  Row row(int index) {
    return rows[index];
  }

  long offset(int index) {
    return offsets[index];
  }

  long watermark(int index) {
    return watermarks[index];
  }

  void clear() {
    size = 0;
    reader = null;
    idle = null;
    failure = null;
  }
}
