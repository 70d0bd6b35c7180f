package io.millrace.cdn.store;

/**
 * Remembers which objects were given up lately without a second request, by 32 bits each. What
 * comes back while it is remembered is worth more than what is new (S3-FIFO's ghost queue). A newer
 * one takes the place of an older. Confined to the store's thread.
 */
final class Ghosts {

  private final int[] marks;

  /**
   * @param size how many it remembers, rounded up to a power of two
   */
  Ghosts(int size) {
    marks = new int[Integer.highestOneBit(Math.max(2, size) - 1) << 1];
  }

  void add(long high, long low) {
    marks[place(low)] = mark(high);
  }

  /** Whether it is remembered; it is then forgotten. */
  boolean take(long high, long low) {
    int place = place(low);
    if (marks[place] != mark(high)) {
      return false;
    }
    marks[place] = 0;
    return true;
  }

  private int place(long low) {
    return (int) (low >>> 16) & (marks.length - 1);
  }

  private static int mark(long high) {
    return (int) high | 1;
  }
}
