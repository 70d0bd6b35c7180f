package io.millrace.broker.queue;

import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.time.Duration;

/** When a queue has been unused for too long. Confined to the queue's mailbox. */
final class QueueExpiry {

  private long afterMillis;

  /** Counts the times that a check was arranged for: only the last one is made. */
  private volatile int arranged;

  private final Clock clock;
  private final Timer timer;
  private long usedAt;

  /**
   * @param afterMillis how long it may be unused, or -1
   */
  QueueExpiry(long afterMillis, Clock clock, Timer timer) {
    this.afterMillis = afterMillis;
    this.clock = clock;
    this.timer = timer;
    this.usedAt = clock.millis();
  }

  /** Takes another time, which begins now. */
  void change(long otherMillis) {
    if (otherMillis != afterMillis) {
      afterMillis = otherMillis;
      usedAt = clock.millis();
    }
  }

  void used() {
    if (afterMillis >= 0) {
      usedAt = clock.millis();
    }
  }

  boolean isDue() {
    return afterMillis >= 0 && clock.millis() - usedAt >= afterMillis;
  }

  /** Has {@code check} called, on the timer's thread, when it may be due. */
  void schedule(Runnable check) {
    if (afterMillis >= 0) {
      long left = Math.max(1, usedAt + afterMillis - clock.millis());
      int mine = arranged + 1;
      arranged = mine;
      timer.after(
          Duration.ofMillis(left),
          () -> {
            if (arranged == mine) {
              check.run();
            }
          });
    }
  }
}
