package io.millrace.streams.state;

import io.millrace.streams.row.Row;
import java.util.Arrays;

/**
 * Builds keys of several parts, and reads them: columns by a {@link KeyCodec}, and longs as eight
 * big-endian bytes with the sign turned. Reused for one key after another. Confined to one thread.
 */
public final class KeyBytes {

  private byte[] bytes = new byte[64];
  private int length;

  /** Begins a key. */
  public KeyBytes clear() {
    length = 0;
    return this;
  }

  /** Appends the codec's columns of a row. */
  public KeyBytes add(KeyCodec codec, Row row) {
    codec.encode(row);
    return add(codec.bytes(), 0, codec.length());
  }

  /** Appends bytes. */
  public KeyBytes add(byte[] part, int offset, int count) {
    reserve(count);
    System.arraycopy(part, offset, bytes, length, count);
    length += count;
    return this;
  }

  /** Appends bytes. */
  public KeyBytes add(byte[] part) {
    return add(part, 0, part.length);
  }

  /** Appends a byte. */
  public KeyBytes add(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /** Appends bytes turned over, so that they sort the other way. */
  public KeyBytes addInverted(byte[] part, int offset, int count) {
    reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = (byte) ~part[offset + i];
    }
    return this;
  }

  /** Appends a long. */
  public KeyBytes add(long value) {
    reserve(Long.BYTES);
    long sorted = value ^ Long.MIN_VALUE;
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (sorted >>> shift);
    }
    return this;
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }

  /** How many bytes there are. */
  public int length() {
    return length;
  }

  /** A copy of the key. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** The long whose eight bytes begin at an index of a key. */
  public static long longAt(byte[] key, int index) {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (key[index + i] & 0xff);
    }
    return value ^ Long.MIN_VALUE;
  }
}
