package io.millrace.cdn.store;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A body in a segment file. */
public final class DiskBody implements Body {

  private final Segment segment;
  private final long position;
  private final long length;

  /**
   * @param position of its first byte in the file
   */
  DiskBody(Segment segment, long position, long length) {
    this.segment = segment;
    this.position = position;
    this.length = length;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int memoryBytes() {
    return 48;
  }

  @Override
  public boolean retain() {
    return segment.retain();
  }

  @Override
  public void release() {
    segment.release();
  }

  /**
   * A part of it, for a socket to take straight from the file. The body must be retained by the
   * caller; the region retains it once more, until it is released itself.
   */
  public FileRegion region(long first, long bytes) {
    return segment.region(position + first, bytes);
  }

  /**
   * Reads a part; for threads that may wait for the disk. The body must be retained.
   *
   * @return how many bytes were read: fewer than there is room for only at the end
   */
  public int read(long first, ByteBuffer into) throws IOException {
    ByteBuffer part = into;
    if (part.remaining() > length - first) {
      part = into.slice(into.position(), (int) (length - first));
    }
    int start = part.position();
    segment.read(position + first, part);
    int read = part.position() - start;
    if (!part.equals(into)) {
      into.position(into.position() + read);
    }
    return read;
  }

  /** A region that gives its hold on the segment back in place of closing the file. */
  static final class Region extends DefaultFileRegion {

    private final Segment segment;

    Region(Segment segment, long position, long bytes) {
      super(segment.channel(), position, bytes);
      this.segment = segment;
    }

    @Override
    protected void deallocate() {
      segment.release();
    }
  }
}
