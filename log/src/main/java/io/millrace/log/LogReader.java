package io.millrace.log;

import io.millrace.log.batch.RecordCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Finds batches in a snapshot of a log's segments: by offset and by time. Pure reading, any thread;
 * each search holds the segment that it looks at.
 */
final class LogReader {

  private LogReader() {}

  /** Index of the last segment that begins at or before {@code offset}, or -1. */
  static int floor(Segment[] segments, long offset) {
    int low = 0;
    int high = segments.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (segments[middle].baseOffset() <= offset) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  /** The first batches from {@code offset} on; empty when there are none below the limit. */
  static LogSlice read(Segment[] segments, long offset, int maxBytes, long limitOffset) {
    int first = floor(segments, offset);
    if (first < 0) {
      throw new StaleSnapshot();
    }
    for (int i = first; i < segments.length; i++) {
      Segment segment = segments[i];
      if (segment.baseOffset() >= limitOffset) {
        break;
      }
      if (!segment.acquire()) {
        throw new StaleSnapshot();
      }
      try {
        LogSlice found = SegmentSlice.read(segment, offset, maxBytes, limitOffset);
        if (found != null) {
          return found;
        }
      } finally {
        segment.release();
      }
    }
    return new SegmentSlice.Empty(offset);
  }

  /** The first record at or after a time, at or after {@code from} and before {@code limit}. */
  static Optional<TimestampOffset> firstAtOrAfter(
      Segment[] segments, long timestamp, long from, long limit) {
    for (Segment segment : segments) {
      if (segment.baseOffset() >= limit) {
        break;
      }
      if (segment.maxTimestamp() < timestamp) {
        continue;
      }
      if (!segment.acquire()) {
        throw new StaleSnapshot();
      }
      try {
        Optional<TimestampOffset> found = search(segment, timestamp, from, limit);
        if (found.isPresent()) {
          return found;
        }
      } finally {
        segment.release();
      }
    }
    return Optional.empty();
  }

  /** The record with the largest timestamp, at or after {@code from} and before {@code limit}. */
  static Optional<TimestampOffset> latest(Segment[] segments, long from, long limit) {
    long largest = Segment.NO_TIMESTAMP;
    int holder = -1;
    for (int i = 0; i < segments.length && segments[i].baseOffset() < limit; i++) {
      boolean whole = i + 1 < segments.length && segments[i + 1].baseOffset() <= limit;
      long timestamp =
          whole && segments[i].baseOffset() >= from
              ? segments[i].maxTimestamp()
              : largestTimestamp(segments[i], from, limit);
      if (timestamp > largest) {
        largest = timestamp;
        holder = i;
      }
    }
    return holder < 0
        ? Optional.empty()
        : firstAtOrAfter(segments, largest, Math.max(from, segments[holder].baseOffset()), limit);
  }

  private static long largestTimestamp(Segment segment, long from, long limit) {
    if (!segment.acquire()) {
      throw new StaleSnapshot();
    }
    try {
      long largest = Segment.NO_TIMESTAMP;
      BatchScanner scanner = segment.scanFrom(from, segment.size());
      while (scanner.next() && scanner.lastOffset() < limit) {
        if (scanner.baseOffset() >= from) {
          largest = Math.max(largest, scanner.maxTimestamp());
        } else if (scanner.lastOffset() >= from) {
          // The batch that holds the start: its largest timestamp may be of a record before it.
          ByteBuffer batch = batch(segment, scanner.position(), scanner.endPosition());
          try (RecordCursor cursor = RecordCursor.create()) {
            cursor.reset(batch, from);
            while (cursor.next()) {
              largest = Math.max(largest, cursor.timestampMillis());
            }
          }
        }
      }
      return largest;
    } finally {
      segment.release();
    }
  }

  private static Optional<TimestampOffset> search(
      Segment segment, long timestamp, long from, long limit) {
    int end = segment.size();
    long start = Math.max(from, segment.searchFrom(timestamp));
    BatchScanner scanner = segment.scanFrom(start, end);
    while (scanner.next() && scanner.baseOffset() < limit) {
      if (scanner.lastOffset() < start || scanner.maxTimestamp() < timestamp) {
        continue;
      }
      int epoch = scanner.leaderEpoch();
      ByteBuffer batch = batch(segment, scanner.position(), scanner.endPosition());
      try (RecordCursor cursor = RecordCursor.create()) {
        cursor.reset(batch, from);
        while (cursor.next() && cursor.offset() < limit) {
          if (cursor.timestampMillis() >= timestamp) {
            return Optional.of(
                new TimestampOffset(cursor.offset(), cursor.timestampMillis(), epoch));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static ByteBuffer batch(Segment segment, int position, int end) {
    ByteBuffer batch = ByteBuffer.allocate(end - position);
    try {
      while (batch.hasRemaining()
          && segment.channel().read(batch, (long) position + batch.position()) >= 0) {}
    } catch (IOException e) {
      throw new LogException(
          LogException.Reason.STORAGE, segment + " cannot be read: " + e.getMessage(), e);
    }
    return batch.flip();
  }

  /** A segment was deleted or replaced since the snapshot was taken: take a new one. */
  static final class StaleSnapshot extends RuntimeException {

    private static final long serialVersionUID = 1;

    StaleSnapshot() {
      super("the segments have changed", null, false, false);
    }
  }
}
