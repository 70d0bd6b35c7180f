package io.millrace.streams.connector;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.log.LogException;
import io.millrace.log.LogSlice;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.operator.Stage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One partition that a job reads: how far it has come, in offsets and in event time. The job's
 * thread owns it; the wake-up comes on another thread and only clears a flag.
 */
final class PartitionReader {

  private final Partition partition;
  private final OutOfRange outOfRange;

  /** Offset of the next record to read. */
  long nextOffset;

  /** Offset at which a bounded reader ends, or {@link Long#MAX_VALUE}. */
  long endOffset = Long.MAX_VALUE;

  /** The partition's own watermark. */
  long watermark = Stage.NO_WATERMARK;

  /** When the last record came, by the monotonic clock. */
  long lastRecordNanos;

  /** Whether it holds nobody back for want of records. */
  boolean idle;

  private volatile boolean waiting;
  private @Nullable Runnable cancelWait;

  /** What to do when the next record was deleted before it was read. */
  enum OutOfRange {
    FAIL,
    EARLIEST,
    LATEST
  }

  PartitionReader(Partition partition, OutOfRange outOfRange) {
    this.partition = partition;
    this.outOfRange = outOfRange;
  }

  Partition partition() {
    return partition;
  }

  int number() {
    return partition.id().partition();
  }

  /** Whether a bounded reader is at its end. */
  boolean isFinished() {
    return nextOffset >= endOffset;
  }

  boolean isReadable() {
    return !isFinished() && partition.highWatermark() > nextOffset;
  }

  /** Records that are there and not yet read. */
  long lag() {
    return lag(nextOffset);
  }

  /** Records that are there from an offset on. Any thread. */
  long lag(long from) {
    return Math.max(0, Math.min(partition.highWatermark(), endOffset) - from);
  }

  /**
   * Copies the next batches into a buffer.
   *
   * @param buffer used when it is large enough
   * @return the buffer used, ready to be read; without bytes when there is nothing
   */
  ByteBuffer read(ByteBuffer buffer, int maxBytes) {
    try (LogSlice slice = partition.read(nextOffset, maxBytes)) {
      ByteBuffer target =
          buffer.capacity() >= slice.length() ? buffer : ByteBuffer.allocate(slice.length());
      target.clear();
      slice.copyTo(target);
      return target.flip();
    } catch (BrokerException e) {
      if (e.error() == BrokerError.OFFSET_OUT_OF_RANGE) {
        moveIntoRange();
        return buffer.clear().limit(0);
      }
      throw new JobException("Cannot read " + partition.id() + ": " + e.getMessage(), e);
    } catch (LogException e) {
      if (e.reason() == LogException.Reason.OFFSET_OUT_OF_RANGE) {
        moveIntoRange();
        return buffer.clear().limit(0);
      }
      throw new JobException("Cannot read " + partition.id() + ": " + e.getMessage(), e);
    }
  }

  private void moveIntoRange() {
    nextOffset =
        switch (outOfRange) {
          case EARLIEST -> partition.startOffset();
          case LATEST -> partition.highWatermark();
          case FAIL ->
              throw new JobException(
                  "Partition "
                      + partition.id()
                      + " has records from offset "
                      + partition.startOffset()
                      + " to "
                      + partition.highWatermark()
                      + ", and the job is to go on at "
                      + nextOffset
                      + ": what lay between was deleted or lost; set"
                      + " 'properties.auto.offset.reset' to 'earliest' or 'latest' to go on"
                      + " without it");
        };
  }

  /** Has {@code wake} called when there is more, unless a call is outstanding already. */
  void wakeWhenReadable(Runnable wake) {
    if (waiting || isFinished()) {
      return;
    }
    waiting = true;
    cancelWait =
        partition.whenPast(
            nextOffset,
            () -> {
              waiting = false;
              wake.run();
            });
  }

  void close() {
    if (cancelWait != null) {
      cancelWait.run();
    }
  }
}
