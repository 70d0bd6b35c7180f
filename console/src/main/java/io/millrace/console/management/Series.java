package io.millrace.console.management;

import org.jspecify.annotations.Nullable;

/**
 * The counters of one thing at the ticks of a {@link Sampler}, the newest {@value #TICKS} of them.
 * Where nothing has changed since the tick before, both share one array, so that what is idle costs
 * little. Any thread.
 */
final class Series {

  /** Ten minutes of samples, and one to compare with. */
  static final int TICKS = 121;

  private final long[][] values = new long[TICKS][];
  private long first = -1;
  private long last = -1;

  /** Adds the counters at a tick, which is later than all before. */
  synchronized void add(long tick, long[] counters) {
    long[] before = last < 0 ? null : values[slot(last)];
    for (long skipped = Math.max(last + 1, tick - TICKS); last >= 0 && skipped < tick; skipped++) {
      values[slot(skipped)] = before;
    }
    values[slot(tick)] =
        before != null && java.util.Arrays.equals(before, counters) ? before : counters;
    last = tick;
    first = first < 0 ? tick : Math.max(first, tick - TICKS + 1);
  }

  /** The counters at a tick, or null when there are none of that tick. */
  synchronized long @Nullable [] at(long tick) {
    return last < 0 || tick < first || tick > last ? null : values[slot(tick)];
  }

  /** The newest tick, or -1. */
  synchronized long last() {
    return last;
  }

  private static int slot(long tick) {
    return (int) (tick % TICKS);
  }
}
