package io.millrace.cdn.topic;

import io.millrace.broker.topic.Partition;
import io.millrace.log.LogSlice;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Consecutive records of a partition, encoded. What lies behind its first offset never changes, so
 * a chunk stays right for ever; a {@link #full} one is what everybody gets who asks the same.
 *
 * @param next offset of the first record that is not in it
 * @param full whether it ends because of its bounds, and not because there was no more
 */
@SuppressWarnings("ArrayRecordComponent") // shared, and never changed or compared
record RecordChunk(long next, int records, boolean full, byte[] bytes) {

  private static final int READ_BYTES = 256 * 1024;

  /** How records are put one after the other. */
  enum Form {
    /** Elements of an array, without its brackets. */
    JSON,
    /** Lines. */
    NDJSON,
    /** Server-Sent Events, whose ids are the offsets. */
    EVENTS
  }

  /**
   * Reads and encodes up to the high watermark; blocks for the disk.
   *
   * @param maxBytes after which it ends; the first record may be larger
   * @throws io.millrace.broker.BrokerException with {@code OFFSET_OUT_OF_RANGE} among others
   */
  static RecordChunk read(Partition partition, long from, int maxRecords, int maxBytes, Form form) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    long next = from;
    int records = 0;
    boolean full = false;
    try (RecordCursor cursor = RecordCursor.create()) {
      while (!full) {
        ByteBuffer batches;
        try (LogSlice slice = partition.read(next, READ_BYTES)) {
          if (slice.length() == 0) {
            break;
          }
          batches = ByteBuffer.allocate(slice.length());
          slice.copyTo(batches);
          batches.flip();
        }
        cursor.reset(batches, next);
        while (!full && cursor.next()) {
          append(partition.id().partition(), cursor, form, records == 0, out);
          records++;
          next = cursor.offset() + 1;
          full = records >= maxRecords || out.size() >= maxBytes;
        }
        if (!full) {
          // By batches, not by records: compaction and markers leave batches without any for us.
          next = Math.max(next, RecordBatchView.endOffset(batches));
        }
      }
    }
    return new RecordChunk(next, records, full, out.toByteArray());
  }

  private static void append(
      int partition, RecordCursor at, Form form, boolean first, ByteArrayOutputStream out) {
    switch (form) {
      case JSON -> {
        if (!first) {
          out.write(',');
          out.write('\n');
        }
        RecordJson.write(partition, at, out);
      }
      case NDJSON -> {
        RecordJson.write(partition, at, out);
        out.write('\n');
      }
      case EVENTS -> {
        out.writeBytes(("id: " + at.offset() + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
        RecordJson.write(partition, at, out);
        out.write('\n');
        out.write('\n');
      }
    }
  }
}
