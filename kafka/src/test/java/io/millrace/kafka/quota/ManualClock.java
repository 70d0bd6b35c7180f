package io.millrace.kafka.quota;

import io.millrace.core.Clock;
import java.time.Duration;

/** Time that passes when a test says so. */
final class ManualClock implements Clock {

  private long nanos = Duration.ofDays(20).toNanos();

  @Override
  public synchronized long millis() {
    return nanos / 1_000_000;
  }

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  synchronized void pass(Duration time) {
    nanos += time.toNanos();
  }
}
