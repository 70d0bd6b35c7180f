package io.millrace.broker.queue;

import io.millrace.core.Clock;
import io.millrace.log.LogException;
import io.millrace.log.LogSlice;
import io.millrace.log.LogStore;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The messages at the end of a queue that is not durable, which memory has no room for. They are
 * written once, read once in order, and gone with the node. Confined to the queue's mailbox.
 */
final class TransientTail {

  private static final int MOST_BATCH_BYTES = 256 * 1024;
  private static final int READ_BYTES = 256 * 1024;
  private static final long CUT_OFFSETS = 10_000;

  private final LogStore store;
  private final String name;
  private final PartitionLog log;
  private final MessageRecordCodec codec;
  private final Clock clock;
  private long next;
  private long bodyBytes;
  private long cutAt;

  TransientTail(
      LogStore store, String name, PartitionLog log, MessageRecordCodec codec, Clock clock) {
    this.store = store;
    this.name = name;
    this.log = log;
    this.codec = codec;
    this.clock = clock;
  }

  /** How many messages it has. */
  long count() {
    return log.endOffset() - next;
  }

  /** Bytes of their bodies. */
  long bodyBytes() {
    return bodyBytes;
  }

  /**
   * Adds messages after all others.
   *
   * @return how many of them it took; the disk refuses the others
   */
  int append(List<Publication> batch) {
    int index = 0;
    while (index < batch.size()) {
      RecordBatchBuilder records = RecordBatchBuilder.create(Compression.NONE);
      long now = clock.millis();
      int first = index;
      long bytes = 0;
      do {
        Message message = batch.get(index++).message();
        codec.add(records, now, message, MessageRecordCodec.Bodies.OWN);
        bytes += message.body().length;
      } while (index < batch.size() && records.sizeBytes() < MOST_BATCH_BYTES);
      try {
        var unused = log.append(records.build(), 0);
      } catch (LogException e) {
        return first;
      }
      bodyBytes += bytes;
    }
    return index;
  }

  /** Told of a message that was read. */
  interface Reading {
    void read(Message message, long sinceMillis);
  }

  /** Takes messages out, in order; as many as are read at once. */
  void take(Reading to) {
    long end = log.endOffset();
    try (RecordCursor cursor = RecordCursor.create();
        LogSlice slice = log.read(next, READ_BYTES, end)) {
      ByteBuffer bytes = ByteBuffer.allocate(slice.length());
      slice.copyTo(bytes);
      cursor.reset(bytes.flip(), next);
      while (cursor.next()) {
        next = cursor.offset() + 1;
        Message message = codec.decode(cursor);
        if (message != null) {
          bodyBytes -= message.body().length;
          to.read(message, cursor.timestampMillis());
        }
      }
    }
    if (next - cutAt >= CUT_OFFSETS) {
      cutAt = next;
      log.advanceHighWatermark(end);
      log.advanceStartOffset(next);
      long unused = log.clean();
    }
  }

  /** Deletes it with all that it has. */
  void delete() {
    store.delete(name);
  }
}
