package io.millrace.streams.checkpoint;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The header of one part of an epoch, kept as the record's key: version, epoch, number of the part,
 * whether it is the last, whether the epoch is whole.
 *
 * @param epoch from 1
 * @param part from 0
 * @param last whether the epoch is complete with it
 * @param whole whether the epoch stands alone; else it changes the one before
 */
record EpochPart(long epoch, int part, boolean last, boolean whole) {

  private static final byte VERSION = 1;
  private static final int BYTES = 1 + Long.BYTES + Integer.BYTES + 1;
  private static final int LAST = 1;
  private static final int WHOLE = 2;

  ByteBuffer encode() {
    return ByteBuffer.allocate(BYTES)
        .put(VERSION)
        .putLong(epoch)
        .putInt(part)
        .put((byte) ((last ? LAST : 0) | (whole ? WHOLE : 0)))
        .flip();
  }

  /** The header, or null when the bytes are none of this version. */
  static @Nullable EpochPart decode(@Nullable ByteBuffer key) {
    if (key == null || key.remaining() != BYTES || key.get(key.position()) != VERSION) {
      return null;
    }
    int at = key.position() + 1;
    byte flags = key.get(at + Long.BYTES + Integer.BYTES);
    return new EpochPart(
        key.getLong(at), key.getInt(at + Long.BYTES), (flags & LAST) != 0, (flags & WHOLE) != 0);
  }
}
