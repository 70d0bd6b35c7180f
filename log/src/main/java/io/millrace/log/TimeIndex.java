package io.millrace.log;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The sparse index from timestamps to offsets. An entry is twelve bytes: the largest timestamp seen
 * so far, and the last offset of the batch that had it less the segment's base offset. Timestamps
 * grow from entry to entry. All batches before the entry's batch have timestamps at most its own,
 * so a search for a larger one can begin at the entry's batch. The format is Kafka's.
 */
final class TimeIndex {

  static final int ENTRY_BYTES = 12;

  private static final ValueLayout.OfLong TIMESTAMP =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt OFFSET =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final IndexFile file;

  // The last entry; the writer's.
  private long lastTimestamp = -1;
  private int lastRelativeOffset;

  private TimeIndex(IndexFile file) {
    this.file = file;
  }

  static TimeIndex unwritten(Disk disk, Path folder, long baseOffset) {
    return new TimeIndex(
        IndexFile.unwritten(disk, folder, baseOffset, Segment.TIME_INDEX_SUFFIX, ENTRY_BYTES));
  }

  static TimeIndex open(Disk disk, Path folder, long baseOffset) throws IOException {
    TimeIndex index =
        new TimeIndex(
            IndexFile.open(disk, folder, baseOffset, Segment.TIME_INDEX_SUFFIX, ENTRY_BYTES));
    ByteBuffer last = index.file.readLast();
    if (last != null) {
      index.lastTimestamp = last.getLong(0);
      index.lastRelativeOffset = last.getInt(Long.BYTES);
    }
    return index;
  }

  IndexFile file() {
    return file;
  }

  /** Adds an entry if its timestamp is larger than the last one's; room was reserved. */
  void add(long timestamp, int relativeOffset) {
    if (timestamp > lastTimestamp) {
      long at = file.nextAt();
      file.entries().set(TIMESTAMP, at, timestamp);
      file.entries().set(OFFSET, at + Long.BYTES, relativeOffset);
      file.publish();
      lastTimestamp = timestamp;
      lastRelativeOffset = relativeOffset;
    }
  }

  /** The largest timestamp indexed, or -1. The writer. */
  long lastTimestamp() {
    return lastTimestamp;
  }

  /** Relative last offset of the batch that has it. The writer. */
  int lastRelativeOffset() {
    return lastRelativeOffset;
  }

  /** Relative offset from which a search for records at or after a time may begin. */
  int searchFrom(long timestamp) {
    int low = 0;
    int high = file.count() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (timestamp(middle) < timestamp) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high < 0 ? 0 : relativeOffset(high);
  }

  private long timestamp(int entry) {
    return file.entries().get(TIMESTAMP, (long) entry * ENTRY_BYTES);
  }

  private int relativeOffset(int entry) {
    return file.entries().get(OFFSET, (long) entry * ENTRY_BYTES + Long.BYTES);
  }
}
