package io.millrace.cdn.store;

/**
 * Where an object lies, in one number: 28 bits of segment, 28 of its place there in units of 16
 * bytes, and flags: how often it was asked for (2 bits), whether its body was found whole since the
 * start. Never 0, which marks a free slot of the index.
 */
final class Location {

  /** Objects start at multiples of this, and are padded to it. */
  static final int UNIT_BYTES = 16;

  /** The largest segment that can hold more than one object. */
  static final long MOST_SEGMENT_BYTES = (1L << 28) * UNIT_BYTES;

  /** Segments are numbered up to here. */
  static final int MOST_SEGMENTS = 1 << 28;

  static final int MOST_FREQUENT = 3;

  private static final long USED = 1;
  private static final long VERIFIED = 2;
  private static final int FREQUENCY_SHIFT = 2;
  private static final long FREQUENCY_MASK = 3L << FREQUENCY_SHIFT;

  private Location() {}

  static long of(int segment, long position) {
    return ((long) segment << 36) | ((position / UNIT_BYTES) << 8) | USED;
  }

  static int segment(long location) {
    return (int) (location >>> 36);
  }

  static long position(long location) {
    return ((location >>> 8) & ((1L << 28) - 1)) * UNIT_BYTES;
  }

  /** Without what is only known of this run. */
  static long plain(long location) {
    return (location & ~0xffL) | USED;
  }

  static boolean samePlace(long one, long other) {
    return one >>> 8 == other >>> 8;
  }

  static int frequency(long location) {
    return (int) ((location & FREQUENCY_MASK) >>> FREQUENCY_SHIFT);
  }

  static long withFrequency(long location, int frequency) {
    return (location & ~FREQUENCY_MASK)
        | ((long) Math.min(MOST_FREQUENT, frequency) << FREQUENCY_SHIFT);
  }

  static boolean isVerified(long location) {
    return (location & VERIFIED) != 0;
  }

  static long verified(long location) {
    return location | VERIFIED;
  }
}
