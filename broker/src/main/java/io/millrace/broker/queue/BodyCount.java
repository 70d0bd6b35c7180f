package io.millrace.broker.queue;

import io.millrace.core.Timer;
import java.time.Duration;

/**
 * Counts which shared bodies a queue points to that had messages when the node started, a piece at
 * a time, so that bodies can be deleted which nobody points to although the queue is not consumed.
 */
final class BodyCount {

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration BETWEEN = Duration.ofMillis(20);

  private BodyCount() {}

  static void start(QueueLog log, Timer timer) {
    if (!log.isCounted()) {
      after(FIRST, log, timer);
    }
  }

  private static void after(Duration pause, QueueLog log, Timer timer) {
    timer.after(
        pause,
        () ->
            log.mailbox()
                .execute(
                    () -> {
                      log.countSome();
                      if (!log.isCounted()) {
                        after(BETWEEN, log, timer);
                      }
                    }));
  }
}
