package io.millrace.cdn.view;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.log.LogSlice;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;

/**
 * One partition, read from its start and then as it grows. Confined to the view's reader, save that
 * the partition wakes it from any thread.
 */
final class PartitionReader {

  private static final int READ_BYTES = 256 * 1024;

  private final Partition partition;
  private final int member;
  private final Runnable wake;
  private final ViewFigures figures;
  private long offset;
  private final long catchUpOffset;
  private long restsUntilNanos;
  private volatile boolean ready = true;
  private Runnable cancelWait = () -> {};

  /** Where its records go. */
  interface Sink {
    void record(int member, RecordCursor at);
  }

  /**
   * @param wake called by any thread when there is something to read
   */
  PartitionReader(
      Partition partition, int member, Runnable wake, ViewFigures figures, long nowNanos) {
    this.partition = partition;
    this.member = member;
    this.wake = wake;
    this.figures = figures;
    this.restsUntilNanos = nowNanos;
    this.offset = partition.startOffset();
    this.catchUpOffset = partition.highWatermark();
  }

  int member() {
    return member;
  }

  /** Whether all has been read that was there when this reader was made. */
  boolean isCaughtUp() {
    return offset >= catchUpOffset;
  }

  /**
   * Reads once; only to be called when it {@link #isReady}.
   *
   * @param buffer to be used if it is large enough
   * @return the buffer to be used the next time: the given one, or a larger one
   */
  ByteBuffer read(RecordCursor cursor, ByteBuffer buffer, Sink sink) {
    ByteBuffer used = buffer;
    try (LogSlice slice = partition.read(offset, READ_BYTES)) {
      if (slice.length() == 0) {
        await();
        return buffer;
      }
      if (slice.length() > buffer.capacity()) {
        used = ByteBuffer.allocate(slice.length());
      }
      used.clear().limit(slice.length());
      slice.copyTo(used);
      used.rewind();
    } catch (BrokerException e) {
      if (e.error() != BrokerError.OFFSET_OUT_OF_RANGE) {
        throw e;
      }
      // Retention was faster, or the log was cut: go on where it starts now.
      offset = Math.max(partition.startOffset(), Math.min(offset, partition.highWatermark()));
      figures.failures.increment();
      return buffer;
    }
    figures.reads.increment();
    long next = RecordBatchView.endOffset(used);
    cursor.reset(used, offset);
    while (cursor.next()) {
      figures.records.increment();
      sink.record(member, cursor);
    }
    // By batches, not by records: compaction and markers leave batches without any for us.
    offset = Math.max(offset, next);
    if (offset >= partition.highWatermark()) {
      await();
    }
    return used;
  }

  /** Whether there may be something to read. */
  boolean isReady(long nowNanos) {
    return ready && restsUntilNanos - nowNanos <= 0;
  }

  /** After a failure: to be left alone for a while. */
  void rest(long untilNanos) {
    restsUntilNanos = untilNanos;
  }

  private void await() {
    ready = false;
    cancelWait =
        partition.whenPast(
            offset,
            () -> {
              ready = true;
              wake.run();
            });
  }

  void close() {
    cancelWait.run();
  }
}
