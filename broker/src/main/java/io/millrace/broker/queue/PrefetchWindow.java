package io.millrace.broker.queue;

import java.util.concurrent.atomic.AtomicInteger;

/** How many unacknowledged messages the consumers of a channel may have together. Any thread. */
public final class PrefetchWindow {

  private final AtomicInteger held = new AtomicInteger();
  private volatile int limit;

  /** Sets the limit; 0 for none. */
  public void limit(int messages) {
    limit = messages;
  }

  /** Whether it limits anything. */
  public boolean isLimited() {
    return limit > 0;
  }

  boolean tryTake() {
    int most = limit;
    if (held.incrementAndGet() <= most || most == 0) {
      return true;
    }
    held.decrementAndGet();
    return false;
  }

  void release() {
    held.decrementAndGet();
  }
}
