package io.millrace.cdn.store;

import io.millrace.cdn.store.ObjectRecord.End;
import io.millrace.cdn.store.ObjectRecord.Start;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects and compares their checksums. For threads that may wait for the disk.
 *
 * @param memoryBytes bodies up to this size are read into memory; larger ones stay in their file,
 *     and are read through only the first time after a start
 */
record ObjectReader(DiskIndex index, int memoryBytes) {

  private static final int FIRST_BYTES = 64 * 1024;
  private static final int PIECE_BYTES = 256 * 1024;

  /** Reads an object from a segment that is retained; null when it is not whole. */
  @Nullable StoredObject read(Segment segment, long high, long low, long location, long size)
      throws IOException {
    long position = Location.position(location);
    if (size < ObjectRecord.START_BYTES + ObjectRecord.END_BYTES
        || position + size > segment.size()) {
      return null;
    }
    ByteBuffer first = ByteBuffer.allocate((int) Math.min(size, FIRST_BYTES));
    segment.read(position, first);
    first.flip();
    int startBytes = ObjectRecord.startBytes(first, high, low);
    if (startBytes < 0 || startBytes > size - ObjectRecord.END_BYTES) {
      return null;
    }
    if (startBytes > first.limit()) {
      first = ByteBuffer.allocate(startBytes);
      segment.read(position, first);
      first.flip();
    }
    Start start = ObjectRecord.readStart(first, startBytes);
    if (start == null) {
      return null;
    }
    ByteBuffer last = ByteBuffer.allocate(ObjectRecord.END_BYTES);
    segment.read(position + size - ObjectRecord.END_BYTES, last);
    End end = ObjectRecord.readEnd(last, start, size);
    if (end == null) {
      return null;
    }
    long bodyAt = position + start.bodyAt();
    if (end.bodyBytes() <= memoryBytes) {
      byte[] body = new byte[(int) end.bodyBytes()];
      int read = Math.min(body.length, first.limit() - start.bodyAt());
      first.get(start.bodyAt(), body, 0, read);
      segment.read(bodyAt + read, ByteBuffer.wrap(body, read, body.length - read));
      CRC32C crc = new CRC32C();
      crc.update(body);
      return (int) crc.getValue() == end.bodyCrc()
          ? new StoredObject(start.name(), start.head(), new MemoryBody(body))
          : null;
    }
    if (!Location.isVerified(location)) {
      if (checksum(segment, bodyAt, end.bodyBytes()) != end.bodyCrc()) {
        return null;
      }
      index.verified(high, low, location);
    }
    return new StoredObject(
        start.name(), start.head(), new DiskBody(segment, bodyAt, end.bodyBytes()));
  }

  /** The name of an object, or null when its start is not whole. */
  static @Nullable String name(Segment segment, long high, long low, long location)
      throws IOException {
    ByteBuffer fixed = ByteBuffer.allocate(ObjectRecord.START_BYTES);
    segment.read(Location.position(location), fixed);
    int bytes = ObjectRecord.startBytes(fixed.flip(), high, low);
    if (bytes < 0) {
      return null;
    }
    ByteBuffer whole = ByteBuffer.allocate(bytes);
    segment.read(Location.position(location), whole);
    Start start = ObjectRecord.readStart(whole.flip(), bytes);
    return start == null ? null : start.name();
  }

  private static int checksum(Segment segment, long position, long bytes) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(bytes, PIECE_BYTES));
    for (long at = 0; at < bytes; at += PIECE_BYTES) {
      piece.clear().limit((int) Math.min(PIECE_BYTES, bytes - at));
      segment.read(position + at, piece);
      crc.update(piece.flip());
    }
    return (int) crc.getValue();
  }
}
