package io.millrace.console.api;

import io.millrace.broker.topic.Partition;
import io.millrace.log.LogSlice;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a few records of a partition for a person to look at. Bounds what it reads and what it
 * shows; needs no consumer group and moves no offsets.
 */
final class RecordBrowser {

  private static final int READ_BYTES = 256 * 1024;
  private static final int MOST_READ_BYTES = 8 << 20;
  private static final int MOST_SHOWN_BYTES = 4 << 20;
  private static final int MOST_PAYLOAD_BYTES = 64 * 1024;
  private static final int MOST_HEADERS = 64;

  /** Bytes of a batch before its length field ends, and where its last offset's delta stands. */
  private static final int BATCH_OVERHEAD = 12;

  private static final int LAST_OFFSET_DELTA = 23;

  private final Partition partition;
  private final List<BrowsedRecord> found = new ArrayList<>();
  private int shownBytes;
  private long next;

  private RecordBrowser(Partition partition, long offset) {
    this.partition = partition;
    this.next = offset;
  }

  /**
   * A record.
   *
   * @param timestamp in milliseconds since the Unix epoch
   * @param value null for a tombstone
   */
  record BrowsedRecord(
      int partition,
      long offset,
      long timestamp,
      @Nullable Payload key,
      @Nullable Payload value,
      List<Header> headers) {}

  /** A header of a record. */
  record Header(String name, @Nullable Payload value) {}

  /**
   * Some records of a partition.
   *
   * @param nextOffset where to read on
   */
  record Found(List<BrowsedRecord> records, long nextOffset) {}

  /**
   * Reads up to {@code limit} records from an offset on.
   *
   * @param offset moved to the first that can be read when it lies before it
   */
  static Found read(Partition partition, long offset, int limit) {
    RecordBrowser browser = new RecordBrowser(partition, Math.max(offset, partition.startOffset()));
    browser.readUpTo(limit);
    return new Found(browser.found, browser.next);
  }

  private void readUpTo(int limit) {
    int readBytes = 0;
    try (RecordCursor cursor = RecordCursor.create()) {
      while (found.size() < limit
          && next < partition.highWatermark()
          && readBytes < MOST_READ_BYTES
          && shownBytes < MOST_SHOWN_BYTES) {
        ByteBuffer batches;
        try (LogSlice slice = partition.read(next, READ_BYTES)) {
          if (slice.length() == 0) {
            return;
          }
          batches = ByteBuffer.allocate(slice.length());
          slice.copyTo(batches);
        }
        batches.flip();
        readBytes += batches.remaining();
        long after = offsetAfter(batches);
        if (take(cursor, batches, limit)) {
          next = Math.max(after, next);
        }
      }
    }
  }

  /** Takes records until there are enough; true when all of the batches were seen. */
  private boolean take(RecordCursor cursor, ByteBuffer batches, int limit) {
    cursor.reset(batches, next);
    while (cursor.next()) {
      if (found.size() == limit || shownBytes >= MOST_SHOWN_BYTES) {
        return false;
      }
      BrowsedRecord read = read(cursor);
      found.add(read);
      next = read.offset() + 1;
    }
    return true;
  }

  private BrowsedRecord read(RecordCursor cursor) {
    List<Header> headers = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_HEADERS, cursor.headerCount()); i++) {
      headers.add(new Header(cursor.headerName(i), shown(cursor.headerValue(i))));
    }
    return new BrowsedRecord(
        partition.id().partition(),
        cursor.offset(),
        cursor.timestampMillis(),
        shown(cursor.key()),
        shown(cursor.value()),
        headers);
  }

  private @Nullable Payload shown(@Nullable ByteBuffer buffer) {
    Payload payload = Payload.of(buffer, MOST_PAYLOAD_BYTES);
    shownBytes += 64 + (payload == null ? 0 : payload.data().length());
    return payload;
  }

  /**
   * The offset after the last batch. Told by its header and not by its records, since compaction
   * and markers of transactions leave batches without any that can be seen.
   */
  private static long offsetAfter(ByteBuffer batches) {
    int at = batches.position();
    long after = 0;
    while (at + LAST_OFFSET_DELTA + Integer.BYTES <= batches.limit()) {
      after = batches.getLong(at) + batches.getInt(at + LAST_OFFSET_DELTA) + 1;
      at += BATCH_OVERHEAD + batches.getInt(at + Long.BYTES);
    }
    return after;
  }
}
