package io.millrace.broker.queue;

import io.millrace.core.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** Time that goes on when it is told to. */
final class SteppedClock implements Clock {

  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);

  void advance(long by) {
    millis.addAndGet(by);
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
