package io.millrace.log;

import io.millrace.core.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** Wall-clock time that a test moves; the monotonic clock is the machine's. */
final class ManualClock implements Clock {

  private final AtomicLong millis;

  ManualClock(long millis) {
    this.millis = new AtomicLong(millis);
  }

  void advance(java.time.Duration time) {
    millis.addAndGet(time.toMillis());
  }

  @Override
  public long millis() {
    return millis.get();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }
}
