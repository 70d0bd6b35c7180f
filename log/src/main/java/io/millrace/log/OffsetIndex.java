package io.millrace.log;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The sparse index from offsets to places in the segment's file. An entry is eight bytes: the last
 * offset of a batch less the segment's base offset, and the batch's position; both grow from entry
 * to entry, so that it can be searched by either. The format is Kafka's.
 */
final class OffsetIndex {

  static final int ENTRY_BYTES = 8;

  private static final ValueLayout.OfLong ENTRY =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final IndexFile file;

  private OffsetIndex(IndexFile file) {
    this.file = file;
  }

  static OffsetIndex unwritten(Disk disk, Path folder, long baseOffset) {
    return new OffsetIndex(
        IndexFile.unwritten(disk, folder, baseOffset, Segment.OFFSET_INDEX_SUFFIX, ENTRY_BYTES));
  }

  static OffsetIndex open(Disk disk, Path folder, long baseOffset) throws IOException {
    return new OffsetIndex(
        IndexFile.open(disk, folder, baseOffset, Segment.OFFSET_INDEX_SUFFIX, ENTRY_BYTES));
  }

  IndexFile file() {
    return file;
  }

  /** Adds an entry; room was reserved. */
  void add(int relativeOffset, int position) {
    file.entries().set(ENTRY, file.nextAt(), ((long) relativeOffset << 32) | position);
    file.publish();
  }

  /** Position of the last batch known to start at or before an offset; 0 when none is known. */
  int floorByOffset(long relativeOffset) {
    int at = floor(relativeOffset, 32);
    return at < 0 ? 0 : position(at);
  }

  /**
   * Position of the last batch known to start at or before both a position and an offset; 0 when
   * none is known.
   */
  int floorByPosition(long position, long relativeOffset) {
    int at = floor(position, 0);
    if (at < 0) {
      return 0;
    }
    return relativeOffset(at) <= relativeOffset ? position(at) : floorByOffset(relativeOffset);
  }

  /** The last entry on disk, relative offset above and position below; 0 when there is none. */
  long readLast() throws IOException {
    ByteBuffer last = file.readLast();
    return last == null ? 0 : last.getLong(0);
  }

  private int relativeOffset(int entry) {
    return (int) (entry(entry) >>> 32);
  }

  private int position(int entry) {
    return (int) entry(entry);
  }

  private long entry(int index) {
    return file.entries().get(ENTRY, (long) index * ENTRY_BYTES);
  }

  /** Index of the last entry whose half, shifted down by {@code shift}, is at most the value. */
  private int floor(long value, int shift) {
    int high = file.count() - 1;
    if (high < 0) {
      return -1;
    }
    MemorySegment entries = file.entries();
    int low = 0;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long half = (int) (entries.get(ENTRY, (long) middle * ENTRY_BYTES) >>> shift);
      if (half <= value) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }
}
