package io.millrace.broker.queue;

import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.time.Duration;

/** Runs a task in a mailbox once the time has come. Confined to that mailbox. */
final class WakeUp {

  private final Mailbox mailbox;
  private final Clock clock;
  private final Timer timer;
  private final Runnable task;
  private long atMillis = QueueContents.NEVER;

  WakeUp(Mailbox mailbox, Clock clock, Timer timer, Runnable task) {
    this.mailbox = mailbox;
    this.clock = clock;
    this.timer = timer;
    this.task = task;
  }

  /** Runs the task at that time, unless it is to run sooner. */
  void at(long millis) {
    if (millis < atMillis) {
      atMillis = millis;
      timer.after(
          Duration.ofMillis(Math.max(1, millis - clock.millis())),
          () ->
              mailbox.execute(
                  () -> {
                    atMillis = QueueContents.NEVER;
                    task.run();
                  }));
    }
  }
}
