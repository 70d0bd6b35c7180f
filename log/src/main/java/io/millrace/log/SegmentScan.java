package io.millrace.log;

import io.millrace.log.batch.RecordBatchView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment from its first byte, checks every batch with its CRC, and fills the segment's
 * empty indexes and the epochs on the way. It stops at the first batch that is torn or damaged, and
 * where nothing follows but {@linkplain TailRoom room}, which is cut off. Memory is one buffer,
 * whatever lengths the file claims.
 */
final class SegmentScan {

  private static final int BUFFER_BYTES = 256 * 1024;

  /**
   * What was found.
   *
   * @param validBytes where the last good batch ends
   * @param nextOffset the offset after it
   * @param damage what is wrong at {@code validBytes}; null when the file ends there
   */
  record Result(int validBytes, long nextOffset, @Nullable String damage) {}

  private final FileChannel file;
  private final int fileBytes;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private int bufferAt;
  private int bufferEnd;

  private SegmentScan(FileChannel file, int fileBytes) {
    this.file = file;
    this.fileBytes = fileBytes;
  }

  /** Scans a segment that was opened without indexes. */
  static Result rebuild(Segment segment, EpochHistory epochs, int indexIntervalBytes)
      throws IOException {
    int fileBytes = (int) Math.min(Integer.MAX_VALUE, segment.channel().size());
    SegmentScan scan = new SegmentScan(segment.channel(), fileBytes);
    int position = 0;
    long nextOffset = segment.baseOffset();
    String damage = null;
    boolean room = false;
    while (position < fileBytes) {
      damage = scan.damage(position, segment.baseOffset(), nextOffset);
      if (damage != null) {
        room = scan.isRoom(position);
        break;
      }
      ByteBuffer header = scan.buffer;
      int at = position - scan.bufferAt;
      int size = RecordBatchView.sizeBytes(header, at);
      long offset = RecordBatchView.baseOffset(header, at);
      long lastOffset = RecordBatchView.lastOffset(header, at);
      long timestamp = RecordBatchView.maxTimestamp(header, at);
      int epoch = RecordBatchView.leaderEpoch(header, at);
      if (!scan.crcHolds(position, size)) {
        damage = "the batch fails its CRC";
        break;
      }
      segment.reserveIndexes();
      segment.index(lastOffset, position, size, timestamp, indexIntervalBytes);
      epochs.assign(epoch, offset);
      position += size;
      nextOffset = lastOffset + 1;
    }
    segment.publish(position);
    if (room) {
      segment.cutTail();
    }
    return new Result(position, nextOffset, room ? null : damage);
  }

  private @Nullable String damage(int position, long segmentOffset, long nextOffset)
      throws IOException {
    if (fileBytes - position < RecordBatchView.HEADER_BYTES) {
      return "the file ends within a batch's header";
    }
    load(position, RecordBatchView.HEADER_BYTES);
    int at = position - bufferAt;
    if (!RecordBatchView.isPlausible(buffer, at, fileBytes - position)) {
      return "no whole batch is there";
    }
    long offset = RecordBatchView.baseOffset(buffer, at);
    long last = RecordBatchView.lastOffset(buffer, at);
    if (offset < nextOffset || last < offset || last - segmentOffset > Integer.MAX_VALUE) {
      return "a batch has offset " + offset + " where " + nextOffset + " or a later one follows";
    }
    return null;
  }

  /** Whether from there on the file has what {@link TailRoom} may have left, and nothing else. */
  private boolean isRoom(int position) throws IOException {
    int bytes = fileBytes - position;
    if (bytes > TailRoom.BLOCK_BYTES || fileBytes % TailRoom.BLOCK_BYTES != 0) {
      return false;
    }
    load(position, bytes);
    for (int at = position - bufferAt; at < fileBytes - bufferAt; at++) {
      if (buffer.get(at) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Checks the CRC piece by piece; the header is in the buffer, and may leave it. */
  private boolean crcHolds(int position, int size) throws IOException {
    int expected = RecordBatchView.crc(buffer, position - bufferAt);
    CRC32C crc = new CRC32C();
    int from = position + RecordBatchView.HEADER_BYTES - CRC_HEADER_BYTES;
    int end = position + size;
    while (from < end) {
      if (from >= bufferEnd) {
        load(from, 1);
      }
      int to = Math.min(end, bufferEnd);
      buffer.limit(to - bufferAt).position(from - bufferAt);
      crc.update(buffer);
      buffer.clear();
      from = to;
    }
    return (int) crc.getValue() == expected;
  }

  /** Bytes of the header that the CRC covers: from the attributes on. */
  private static final int CRC_HEADER_BYTES = 40;

  /** Has at least {@code bytes} from {@code position} on in the buffer. */
  private void load(int position, int bytes) throws IOException {
    if (position >= bufferAt && position + bytes <= bufferEnd) {
      return;
    }
    buffer.clear().limit(Math.min(BUFFER_BYTES, fileBytes - position));
    while (buffer.hasRemaining()) {
      if (file.read(buffer, (long) position + buffer.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    bufferAt = position;
    bufferEnd = position + buffer.position();
    buffer.clear();
  }
}
