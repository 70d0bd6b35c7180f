package io.millrace.kafka.quota;

import io.millrace.core.Clock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one holder of a quota uses per second. Any thread may charge, and none waits: charges add to
 * a counter, and whoever finds nobody else at it moves the counter into the windows and works out
 * how long the holder is to be held back. Whoever does find somebody takes the answer of before.
 */
public final class RateAccount {

  private final RateWindows windows;
  private final Clock clock;
  private final double spanSeconds;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicLong pending = new AtomicLong();
  private volatile double limit;
  private volatile int throttleMillis;
  private volatile double rate;

  RateAccount(double limit, QuotaSettings settings, Clock clock) {
    this.limit = limit;
    this.windows = new RateWindows(settings);
    this.clock = clock;
    this.spanSeconds = (double) Math.max(1, settings.windows() - 1) * settings.window().toSeconds();
  }

  /** Units per second. */
  public double limit() {
    return limit;
  }

  void limit(double changed) {
    limit = changed;
  }

  /** What the limit allows in all windows but the present one, as Kafka's fetch has it. */
  int mostAtOnce() {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, limit * spanSeconds));
  }

  /** Units per second, when something was last charged. */
  public double rate() {
    return rate;
  }

  /**
   * Charges an amount, less than nothing to give back what was charged for nothing.
   *
   * @return milliseconds until the rate is back at the limit if nothing more is used, 0 when it is
   *     not above: {@code (rate - limit) / limit × span}, as Kafka's QuotaUtils has it
   */
  public int charge(long amount) {
    pending.addAndGet(amount);
    if (busy.compareAndSet(false, true)) {
      try {
        throttleMillis = settle();
      } finally {
        busy.set(false);
      }
    }
    return throttleMillis;
  }

  private int settle() {
    long now = now();
    windows.record((double) pending.getAndSet(0), now);
    double present = windows.rate(now);
    rate = present;
    double allowed = limit;
    if (present <= allowed) {
      return 0;
    }
    double millis = (present - allowed) / allowed * windows.spanMillis(now);
    return (int) Math.min(Integer.MAX_VALUE, Math.round(millis));
  }

  /** Whether a new account would answer as this one does. Never while it is being charged. */
  boolean isIdle() {
    if (!busy.compareAndSet(false, true)) {
      return false;
    }
    try {
      return pending.get() == 0 && windows.isIdle(now());
    } finally {
      busy.set(false);
    }
  }

  private long now() {
    return clock.nanos() / 1_000_000;
  }
}
