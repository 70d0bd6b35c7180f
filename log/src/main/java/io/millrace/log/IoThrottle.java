package io.millrace.log;

import io.millrace.core.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Holds all compaction of a store to a number of bytes a second. Each use reserves the time that
 * its bytes take, after the reservations before it. Any thread.
 */
final class IoThrottle {

  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Clock clock;
  private volatile long bytesPerSecond;

  /** Guarded by this. */
  private long freeAtNanos;

  IoThrottle(Clock clock, long bytesPerSecond) {
    this.clock = clock;
    this.bytesPerSecond = bytesPerSecond;
    this.freeAtNanos = clock.nanos();
  }

  /** Waits until so many bytes may be read or written, or the round is cancelled. */
  void take(int bytes, BooleanSupplier cancelled) {
    if (bytesPerSecond == Long.MAX_VALUE) {
      return;
    }
    long startNanos = reserve(bytes);
    long waitNanos = startNanos - clock.nanos();
    while (waitNanos > 0 && !cancelled.getAsBoolean()) {
      LockSupport.parkNanos(Math.min(waitNanos, LONGEST_PAUSE_NANOS));
      waitNanos = startNanos - clock.nanos();
    }
  }

  /** Another rate, for what is reserved from now on. */
  synchronized void limit(long changed) {
    bytesPerSecond = changed;
    freeAtNanos = Math.min(freeAtNanos, clock.nanos());
  }

  private synchronized long reserve(int bytes) {
    long start = Math.max(freeAtNanos, clock.nanos());
    freeAtNanos = start + (long) (bytes * 1e9 / bytesPerSecond);
    return start;
  }
}
