package io.millrace.cdn.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An object in a segment, padded to {@link Location#UNIT_BYTES}:
 *
 * <pre>
 *   magic (4), CRC-32C of what follows up to the body (4), name's bytes (4), head's bytes (4), high (8), low (8)
 *   name, head
 *   body, padding
 *   body's bytes (8), CRC-32C of the body (4), CRC-32C of these and of the start's first 8 bytes (4)
 * </pre>
 *
 * What is known of the body stands behind it, so that it can be written as it comes. The end is
 * bound to its start: both can only be right together.
 */
final class ObjectRecord {

  static final int MOST_NAME_BYTES = 64 * 1024;
  static final int MOST_HEAD_BYTES = 1 << 20;
  static final int START_BYTES = 32;
  static final int END_BYTES = 16;

  private static final int MAGIC = 0x4d52434f;

  private ObjectRecord() {}

  /**
   * The first bytes of a record.
   *
   * @param bodyAt where the body starts in the record
   */
  @SuppressWarnings("ArrayRecordComponent") // a value that is only passed on
  record Start(String name, byte[] head, int bodyAt, long seal) {}

  /** What stands behind a body. */
  record End(long bodyBytes, int bodyCrc) {}

  /** Whether an object can be written at all. */
  static boolean fits(byte[] name, byte[] head) {
    return name.length <= MOST_NAME_BYTES && head.length <= MOST_HEAD_BYTES;
  }

  static byte[] nameBytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes of a record. */
  static long size(int nameBytes, int headBytes, long bodyBytes) {
    return padded(START_BYTES + nameBytes + headBytes + bodyBytes) + END_BYTES;
  }

  static long padded(long bytes) {
    return (bytes + Location.UNIT_BYTES - 1) / Location.UNIT_BYTES * Location.UNIT_BYTES;
  }

  static ByteBuffer start(long high, long low, byte[] name, byte[] head) {
    ByteBuffer out = ByteBuffer.allocate(START_BYTES + name.length + head.length);
    out.putInt(MAGIC).putInt(0).putInt(name.length).putInt(head.length).putLong(high).putLong(low);
    out.put(name).put(head).flip();
    out.putInt(4, crc(out.slice(8, out.limit() - 8)));
    return out;
  }

  /** What ties an end to its start. */
  static long seal(ByteBuffer start) {
    return start.getLong(0);
  }

  static ByteBuffer end(long seal, long bodyBytes, int bodyCrc) {
    ByteBuffer out = ByteBuffer.allocate(END_BYTES);
    out.putLong(bodyBytes).putInt(bodyCrc).putInt(endCrc(seal, bodyBytes, bodyCrc)).flip();
    return out;
  }

  private static int endCrc(long seal, long bodyBytes, int bodyCrc) {
    return crc(ByteBuffer.allocate(20).putLong(seal).putLong(bodyBytes).putInt(bodyCrc).flip());
  }

  private static int crc(ByteBuffer of) {
    CRC32C crc = new CRC32C();
    crc.update(of);
    return (int) crc.getValue();
  }

  /** How long the start is that begins with these {@value #START_BYTES} bytes; -1 if it is none. */
  static int startBytes(ByteBuffer in, long high, long low) {
    int name = in.getInt(8);
    int head = in.getInt(12);
    boolean sane =
        in.getInt(0) == MAGIC
            && name >= 0
            && name <= MOST_NAME_BYTES
            && head >= 0
            && head <= MOST_HEAD_BYTES
            && in.getLong(16) == high
            && in.getLong(24) == low;
    return sane ? START_BYTES + name + head : -1;
  }

  /** Reads a whole start; null when it is not what was written. */
  static @Nullable Start readStart(ByteBuffer in, int bytes) {
    if (in.getInt(4) != crc(in.slice(8, bytes - 8))) {
      return null;
    }
    byte[] name = new byte[in.getInt(8)];
    byte[] head = new byte[in.getInt(12)];
    in.get(START_BYTES, name).get(START_BYTES + name.length, head);
    return new Start(new String(name, StandardCharsets.UTF_8), head, bytes, in.getLong(0));
  }

  /** Reads an end; null when it does not belong to that start, or to a record of that size. */
  static @Nullable End readEnd(ByteBuffer in, Start start, long size) {
    long bodyBytes = in.getLong(0);
    int bodyCrc = in.getInt(8);
    boolean whole =
        in.getInt(12) == endCrc(start.seal(), bodyBytes, bodyCrc)
            && bodyBytes >= 0
            && padded(start.bodyAt() + bodyBytes) + END_BYTES == size;
    return whole ? new End(bodyBytes, bodyCrc) : null;
  }
}
