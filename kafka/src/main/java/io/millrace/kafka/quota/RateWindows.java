package io.millrace.kafka.quota;

/**
 * The rate of what was recorded lately, as Kafka's {@code Rate} over a {@code WindowedSum} gives
 * it: windows begin when something is recorded after the last one is over; one more is kept than
 * the average is over, since the oldest reaches into it in part; windows in which nothing has been
 * recorded for the whole time are forgotten.
 *
 * <p>Not safe for use by several threads.
 */
final class RateWindows {

  private final long windowMillis;
  private final int windows;
  private final double[] sums;
  private final long[] starts;
  private final long[] lasts;
  private int used;
  private int current;

  RateWindows(QuotaSettings settings) {
    this.windowMillis = settings.window().toMillis();
    this.windows = settings.windows();
    this.sums = new double[windows + 1];
    this.starts = new long[windows + 1];
    this.lasts = new long[windows + 1];
  }

  void record(double amount, long nowMillis) {
    if (used == 0) {
      reset(0, nowMillis);
      used = 1;
    }
    if (nowMillis - starts[current] >= windowMillis) {
      current = (current + 1) % sums.length;
      used = Math.max(used, current + 1);
      reset(current, nowMillis);
    }
    sums[current] += amount;
    lasts[current] = nowMillis;
  }

  /** What was recorded, per second. */
  double rate(long nowMillis) {
    forgetOld(nowMillis);
    double sum = 0;
    for (int i = 0; i < used; i++) {
      sum += sums[i];
    }
    return sum * 1000 / spanMillis(nowMillis);
  }

  /** The time that {@link #rate} is the average over. */
  long spanMillis(long nowMillis) {
    forgetOld(nowMillis);
    long oldest = nowMillis;
    for (int i = 0; i < used; i++) {
      oldest = Math.min(oldest, starts[i]);
    }
    long elapsed = nowMillis - oldest;
    long whole = elapsed / windowMillis;
    if (whole < windows - 1) {
      elapsed += (windows - 1 - whole) * windowMillis;
    }
    return Math.max(elapsed, 1);
  }

  /** Whether all that was recorded is too old to count. */
  boolean isIdle(long nowMillis) {
    for (int i = 0; i < used; i++) {
      if (nowMillis - lasts[i] < windows * windowMillis) {
        return false;
      }
    }
    return true;
  }

  private void forgetOld(long nowMillis) {
    for (int i = 0; i < used; i++) {
      if (nowMillis - lasts[i] >= windows * windowMillis) {
        reset(i, nowMillis);
      }
    }
  }

  private void reset(int window, long nowMillis) {
    sums[window] = 0;
    starts[window] = nowMillis;
    lasts[window] = nowMillis;
  }
}
