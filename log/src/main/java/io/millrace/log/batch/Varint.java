package io.millrace.log.batch;

/** Zigzag variable-length numbers, as Protocol Buffers and Kafka's records have them. */
final class Varint {

  /** Bytes that the longest number takes. */
  static final int MAX_BYTES = 10;

  private Varint() {}

  /** Writes a number at {@code at}, which must have {@link #MAX_BYTES} of room; returns the end. */
  static int put(byte[] target, int at, long value) {
    long rest = (value << 1) ^ (value >> 63);
    int position = at;
    while ((rest & ~0x7fL) != 0) {
      target[position++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[position++] = (byte) rest;
    return position;
  }

  /** Bytes that a number takes. */
  static int size(long value) {
    long rest = (value << 1) ^ (value >> 63);
    return (70 - Long.numberOfLeadingZeros(rest | 1)) / 7;
  }
}
