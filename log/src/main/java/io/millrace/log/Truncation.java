package io.millrace.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Cuts a log's segments off before the first batch that reaches an offset. One for each time that
 * this is done, by the writer, while no force runs: {@link #endOffset} tells where the log will
 * end, {@link #shorten} cuts the segment that this is in, and {@link #deleteRest} takes those
 * behind it away. Readers that hold a segment from before go on with it.
 */
final class Truncation {

  private final Disk disk;
  private final Path folder;
  private final Segment[] before;
  private final long offset;

  /** How many segments stay, the last of them up to {@link #bytes}. */
  private final int keep;

  private final int bytes;
  private final long endOffset;
  private final Segment[] left;

  /** Finds where to cut; changes nothing. */
  Truncation(Disk disk, Path folder, Segment[] segments, long startOffset, long offset) {
    this.disk = disk;
    this.folder = folder;
    this.before = segments;
    this.offset = offset;
    this.keep = offset <= startOffset ? 0 : LogReader.floor(segments, offset - 1) + 1;
    long end = offset;
    int size = keep == 0 ? 0 : segments[keep - 1].size();
    if (keep > 0) {
      BatchScanner scanner = segments[keep - 1].scanFrom(offset, size);
      while (scanner.next()) {
        if (scanner.lastOffset() >= offset) {
          end = Math.min(end, scanner.baseOffset());
          size = scanner.position();
          break;
        }
      }
    }
    this.endOffset = end;
    this.bytes = size;
    this.left = Arrays.copyOf(segments, Math.max(1, keep));
  }

  /** Where the first batch that goes begins: at the offset, or before it when it holds it. */
  long endOffset() {
    return endOffset;
  }

  /** Cuts the last segment that stays. */
  void shorten(EpochHistory epochs, int indexIntervalBytes) throws IOException {
    if (keep > 0 && bytes < before[keep - 1].size()) {
      left[keep - 1] = cut(before[keep - 1], bytes, epochs, indexIntervalBytes);
    } else if (keep == 0 && before[0].baseOffset() == offset) {
      left[0] = cut(before[0], 0, epochs, indexIntervalBytes);
    }
  }

  /** The same segment, shorter, as an object of its own: readers may still hold the old one. */
  private Segment cut(Segment segment, int size, EpochHistory epochs, int indexIntervalBytes)
      throws IOException {
    segment.pin();
    segment.publish(size);
    segment.cutTail();
    Segment shorter = Segment.blank(disk, folder, segment.baseOffset());
    SegmentScan.rebuild(shorter, epochs, indexIntervalBytes);
    shorter.force(false);
    return shorter;
  }

  /**
   * Deletes the files of the segments that go, which are still held.
   *
   * @return the log's segments from now on; where none stays there is a new one, which is empty
   */
  Segment[] deleteRest(long nowMillis) throws IOException {
    boolean firstGoes = keep == 0 && left[0] == before[0];
    for (int i = before.length - 1; i >= keep; i--) {
      if (i > 0 || firstGoes) {
        before[i].delete();
      }
    }
    if (firstGoes) {
      left[0] = Segment.create(disk, folder, offset, nowMillis);
    }
    return left;
  }

  /** Lets go of the segments that are no longer the log's. */
  void release() {
    for (Segment segment : before) {
      if (!Arrays.asList(left).contains(segment)) {
        segment.release();
      }
    }
  }
}
