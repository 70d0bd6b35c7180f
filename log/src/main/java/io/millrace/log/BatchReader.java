package io.millrace.log;

import io.millrace.log.batch.RecordBatchView;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a segment's batches whole, one after the other. Confined to one thread. */
final class BatchReader {

  private static final int BUFFER_BYTES = 1024 * 1024;

  private final Segment segment;
  private final int end;
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private int bufferAt;
  private int bufferEnd;
  private int next;
  private int at;

  /** Before the first batch; the caller holds the segment. */
  BatchReader(Segment segment) {
    this.segment = segment;
    this.end = segment.size();
  }

  /** Moves to the next batch; false at the end. */
  boolean next() throws IOException {
    if (next >= end) {
      return false;
    }
    load(RecordBatchView.HEADER_BYTES);
    if (end - next < RecordBatchView.HEADER_BYTES
        || !RecordBatchView.isPlausible(buffer, next - bufferAt, end - next)) {
      throw new IOException(segment + " has no whole batch at byte " + next);
    }
    int size = RecordBatchView.sizeBytes(buffer, next - bufferAt);
    load(size);
    at = next - bufferAt;
    next += size;
    return true;
  }

  private void load(int bytes) throws IOException {
    if (next >= bufferAt && next + bytes <= bufferEnd) {
      return;
    }
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocate(bytes);
    }
    buffer.clear().limit(Math.min(buffer.capacity(), end - next));
    while (buffer.hasRemaining()
        && segment.channel().read(buffer, (long) next + buffer.position()) >= 0) {}
    bufferAt = next;
    bufferEnd = next + buffer.position();
    buffer.clear();
    if (bufferEnd - next < Math.min(bytes, end - next)) {
      throw new IOException(segment + " ends at byte " + bufferEnd);
    }
  }

  /** The buffer that has the batch; it may be changed until the next call of {@link #next}. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** Where the batch starts in the buffer. */
  int at() {
    return at;
  }

  /** Bytes of the batch. */
  int size() {
    return RecordBatchView.sizeBytes(buffer, at);
  }

  /** The batch as a buffer of its own position and limit, on the same bytes. */
  ByteBuffer batch() {
    return buffer.duplicate().position(at).limit(at + RecordBatchView.sizeBytes(buffer, at));
  }
}
