package io.millrace.log;

import io.millrace.log.batch.RecordBatchView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Steps over the batches of a segment file by their headers, reading a few kilobytes at a time. One
 * per thread, used anew for each search.
 */
final class BatchScanner {

  private static final int CHUNK_BYTES = 8 * 1024;
  private static final ThreadLocal<BatchScanner> LOCAL = ThreadLocal.withInitial(BatchScanner::new);

  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private @Nullable FileChannel file;
  private @Nullable Object source;
  private int chunkAt;
  private int chunkEnd;
  private int end;
  private int next;

  private int position;
  private int header;

  private BatchScanner() {}

  /**
   * This thread's scanner, before the batch at {@code from}; it sees the file up to {@code end}.
   *
   * @param source what errors name
   */
  static BatchScanner over(FileChannel file, Object source, int from, int end) {
    BatchScanner scanner = LOCAL.get();
    scanner.file = file;
    scanner.source = source;
    scanner.chunkAt = 0;
    scanner.chunkEnd = 0;
    scanner.end = end;
    scanner.next = from;
    return scanner;
  }

  /** Goes on before the batch at {@code from}. */
  void seek(int from) {
    next = from;
  }

  /** Moves to the next batch; false at the end. */
  boolean next() {
    if (end - next < RecordBatchView.HEADER_BYTES) {
      return false;
    }
    if (next < chunkAt || next + RecordBatchView.HEADER_BYTES > chunkEnd) {
      load(next);
      if (next + RecordBatchView.HEADER_BYTES > chunkEnd) {
        return false; // Cut off meanwhile.
      }
    }
    position = next;
    header = position - chunkAt;
    if (!RecordBatchView.isPlausible(chunk, header, end - position)) {
      throw new LogException(
          LogException.Reason.CORRUPT_BATCH, source + " has no whole batch at byte " + position);
    }
    next = position + RecordBatchView.sizeBytes(chunk, header);
    return true;
  }

  private void load(int from) {
    FileChannel source = java.util.Objects.requireNonNull(file);
    chunk.clear().limit(Math.min(CHUNK_BYTES, end - from));
    chunkAt = from;
    try {
      while (chunk.hasRemaining() && source.read(chunk, (long) from + chunk.position()) >= 0) {}
    } catch (IOException e) {
      throw new LogException(
          LogException.Reason.STORAGE, source + " cannot be read: " + e.getMessage(), e);
    }
    chunkEnd = from + chunk.position();
    chunk.clear();
  }

  /** Where the batch starts. */
  int position() {
    return position;
  }

  /** Where it ends. */
  int endPosition() {
    return next;
  }

  long baseOffset() {
    return RecordBatchView.baseOffset(chunk, header);
  }

  long lastOffset() {
    return RecordBatchView.lastOffset(chunk, header);
  }

  long maxTimestamp() {
    return RecordBatchView.maxTimestamp(chunk, header);
  }

  int leaderEpoch() {
    return RecordBatchView.leaderEpoch(chunk, header);
  }
}
