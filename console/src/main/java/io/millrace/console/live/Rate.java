package io.millrace.console.live;

/** The rate of a counter between two looks at it. Confined to one thread. */
final class Rate {

  private long last;
  private boolean known;

  /**
   * Looks at the counter.
   *
   * @param seconds since the last look
   * @return how fast it grew; 0 at the first look and when it went back
   */
  double perSecond(long value, double seconds) {
    long grown = growth(value);
    return seconds > 0 ? grown / seconds : 0;
  }

  /** By how much the counter grew since the last look; 0 at the first, and when it went back. */
  long growth(long value) {
    long grown = known ? Math.max(0, value - last) : 0;
    last = value;
    known = true;
    return grown;
  }
}
