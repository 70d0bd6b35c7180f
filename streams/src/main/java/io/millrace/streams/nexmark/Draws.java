package io.millrace.streams.nexmark;

/**
 * Random numbers that can be had in any order: the draw of a place is a hash of it. By the
 * finalizer of SplitMix64 (Steele, Lea, Flood 2014).
 */
final class Draws {

  /** The golden ratio in 64 bits: the distance between neighbouring places. */
  static final long STEP = 0x9E3779B97F4A7C15L;

  private Draws() {}

  /** 64 bits that look random, always the same for the same number. */
  static long mix(long number) {
    long mixed = number;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** A number from 0 to below a bound of at most 2³², by the upper bits of a draw. */
  static long below(long draw, long bound) {
    return ((draw >>> 32) * bound) >>> 32;
  }

  /** A number from 0 to below 1. */
  static double fraction(long draw) {
    return (draw >>> 11) * 0x1.0p-53;
  }
}
