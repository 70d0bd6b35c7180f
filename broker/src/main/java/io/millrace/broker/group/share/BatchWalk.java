package io.millrace.broker.group.share;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.log.LogSlice;
import io.millrace.log.batch.RecordBatchView;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Steps over the batches of a slice by their headers. Small batches are read many at once, of large
 * ones the header only. Reusable; confined to one thread; the slice stays the caller's.
 */
final class BatchWalk {

  private static final int READ_BYTES = 8 * 1024;

  private final ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
  private LogSlice slice;
  private long bytesFrom;
  private long at;
  private long nextAt;

  BatchWalk(LogSlice slice) {
    this.slice = slice;
    start(slice);
  }

  /** Begins before the first batch of a slice. */
  void start(LogSlice newSlice) {
    slice = newSlice;
    bytes.clear().limit(0);
    bytesFrom = 0;
    at = 0;
    nextAt = 0;
  }

  /** Moves to the next batch; false after the last one. */
  boolean next() {
    if (nextAt + RecordBatchView.HEADER_BYTES > slice.length()) {
      return false;
    }
    at = nextAt;
    if (at + RecordBatchView.HEADER_BYTES > bytesFrom + bytes.limit()) {
      read();
    }
    nextAt = at + RecordBatchView.sizeBytes(bytes, index());
    return true;
  }

  private void read() {
    bytes.clear().limit((int) Math.min(bytes.capacity(), slice.length() - at));
    bytesFrom = at;
    try {
      while (bytes.hasRemaining()) {
        int read = slice.file().read(bytes, slice.position() + at + bytes.position());
        if (read < 0) {
          throw new BrokerException(BrokerError.STORAGE, "a segment ends within a batch");
        }
      }
    } catch (IOException e) {
      throw new BrokerException(BrokerError.STORAGE, "a segment cannot be read: " + e.getMessage());
    }
    bytes.flip();
  }

  private int index() {
    return (int) (at - bytesFrom);
  }

  long baseOffset() {
    return RecordBatchView.baseOffset(bytes, index());
  }

  long lastOffset() {
    return RecordBatchView.lastOffset(bytes, index());
  }

  boolean isControl() {
    return RecordBatchView.isControl(bytes, index());
  }

  boolean isTransactional() {
    return RecordBatchView.isTransactional(bytes, index());
  }

  long producerId() {
    return RecordBatchView.producerId(bytes, index());
  }

  /** Bytes of the slice up to the end of this batch. */
  int bytesSoFar() {
    return Math.toIntExact(nextAt);
  }
}
