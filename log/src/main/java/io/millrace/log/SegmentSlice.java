package io.millrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** A region of a segment's file, and a hold on the segment. */
final class SegmentSlice implements LogSlice {

  private static final AtomicIntegerFieldUpdater<SegmentSlice> CLOSED =
      AtomicIntegerFieldUpdater.newUpdater(SegmentSlice.class, "closed");

  private final Segment segment;
  private final int position;
  private final int length;
  private final long baseOffset;
  private final long offsetBound;
  private volatile int closed;

  /** Has a hold on the segment, which goes with {@link #close}. */
  private SegmentSlice(
      Segment segment, int position, int length, long baseOffset, long offsetBound) {
    this.segment = segment;
    this.position = position;
    this.length = length;
    this.baseOffset = baseOffset;
    this.offsetBound = offsetBound;
  }

  /**
   * The batches from the one that holds {@code offset} (or the next one after it) on, as {@link
   * PartitionLog#read} asks; null when the segment has none. The caller holds the segment; a slice
   * takes a hold of its own.
   */
  static @Nullable SegmentSlice read(Segment segment, long offset, int maxBytes, long limitOffset) {
    int end = segment.size();
    if (end == 0) {
      return null;
    }
    BatchScanner scanner = segment.scanFrom(offset, end);
    do {
      if (!scanner.next()) {
        return null;
      }
    } while (scanner.lastOffset() < offset);
    if (scanner.lastOffset() >= limitOffset) {
      return null;
    }
    int start = scanner.position();
    int stop = scanner.endPosition();
    long first = scanner.baseOffset();
    long most = (long) start + maxBytes;
    int jump = segment.offsets().floorByPosition(most, limitOffset - segment.baseOffset());
    if (jump > stop) {
      stop = jump;
      scanner.seek(jump);
    }
    long bound = limitOffset;
    while (scanner.next()) {
      if (scanner.endPosition() > most || scanner.lastOffset() >= limitOffset) {
        bound = Math.min(bound, scanner.baseOffset());
        break;
      }
      stop = scanner.endPosition();
    }
    segment.acquire();
    return new SegmentSlice(segment, start, stop - start, first, bound);
  }

  @Override
  public FileChannel file() {
    return segment.channel();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public long baseOffset() {
    return baseOffset;
  }

  @Override
  public long offsetBound() {
    return offsetBound;
  }

  @Override
  public void copyTo(ByteBuffer target) {
    ByteBuffer room = target.slice(target.position(), length);
    try {
      while (room.hasRemaining()) {
        if (file().read(room, (long) position + room.position()) < 0) {
          throw new LogException(
              LogException.Reason.OFFSET_OUT_OF_RANGE,
              segment + " was cut off below offset " + baseOffset + " after it was read");
        }
      }
    } catch (IOException e) {
      throw new LogException(
          LogException.Reason.STORAGE, segment + " cannot be read: " + e.getMessage(), e);
    }
    target.position(target.position() + length);
  }

  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, 0, 1)) {
      segment.release();
    }
  }

  /** What a read returns that found nothing. */
  record Empty(long baseOffset) implements LogSlice {

    @Override
    public FileChannel file() {
      throw new IllegalStateException("an empty slice has no file");
    }

    @Override
    public long position() {
      return 0;
    }

    @Override
    public long offsetBound() {
      return baseOffset;
    }

    @Override
    public int length() {
      return 0;
    }

    @Override
    public void copyTo(ByteBuffer target) {}

    @Override
    public void close() {}
  }
}
