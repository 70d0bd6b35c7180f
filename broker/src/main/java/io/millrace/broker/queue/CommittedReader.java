package io.millrace.broker.queue;

import io.millrace.broker.producer.AbortedTransactions;
import io.millrace.broker.topic.Partition;
import io.millrace.log.LogSlice;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of a partition in order, committed ones only, as a Kafka consumer with {@code
 * isolation.level=read_committed} does. Confined to one thread at a time.
 *
 * <p>Memory: what was read and not taken yet, about {@link #READ_BYTES} or one batch.
 */
final class CommittedReader {

  private static final int READ_BYTES = 64 * 1024;

  private final Partition partition;
  private final MessageRecordCodec codec;
  private final StreamFilter filter;
  private final Queue<Read> ahead = new ArrayDeque<>();
  private long next;

  /** A message and where it lies. */
  record Read(long offset, long timestampMillis, Message message) {}

  /**
   * @param filter what is left out
   * @param next the offset to begin with
   */
  CommittedReader(Partition partition, MessageRecordCodec codec, StreamFilter filter, long next) {
    this.partition = partition;
    this.codec = codec;
    this.filter = filter;
    this.next = next;
  }

  /** The next message of those that were read, or null. */
  @Nullable Read peek() {
    return ahead.peek();
  }

  /** Takes the next message of those that were read, or answers null. */
  @Nullable Read poll() {
    return ahead.poll();
  }

  /** The offset after all that was read, taken or not. */
  long next() {
    return next;
  }

  /** Whether all that is committed has been read and taken. */
  boolean isAtEnd() {
    return ahead.isEmpty() && !hasMore();
  }

  /** Whether there is something to be read. */
  boolean hasMore() {
    return next < partition.lastStableOffset();
  }

  /**
   * Reads some more.
   *
   * @throws io.millrace.broker.BrokerException when the partition has ended
   */
  void read() {
    next = Math.max(next, partition.startOffset());
    long limit = partition.lastStableOffset();
    if (next >= limit) {
      return;
    }
    AbortedTransactions.View aborted = partition.abortedTransactions();
    try (RecordCursor cursor = RecordCursor.create();
        LogSlice slice = partition.readBefore(next, READ_BYTES, limit)) {
      ByteBuffer bytes = ByteBuffer.allocate(slice.length());
      slice.copyTo(bytes);
      bytes.flip();
      cursor.reset(bytes, next);
      while (cursor.next()) {
        next = cursor.offset() + 1;
        if (!isAborted(aborted, bytes, cursor) && filter.matches(cursor)) {
          Message message = codec.decode(cursor);
          if (message != null) {
            ahead.add(new Read(cursor.offset(), cursor.timestampMillis(), message));
          }
        }
      }
      next = Math.max(next, slice.length() == 0 ? limit : RecordBatchView.endOffset(bytes));
    }
  }

  /** Whether the record on which the cursor stands belongs to a transaction that was aborted. */
  static boolean isAborted(
      AbortedTransactions.View aborted, ByteBuffer bytes, RecordCursor cursor) {
    int batch = cursor.batchPosition();
    return RecordBatchView.isTransactional(bytes, batch)
        && aborted.contains(RecordBatchView.producerId(bytes, batch), cursor.offset());
  }
}
