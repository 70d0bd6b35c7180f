package io.millrace.kafka.net;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Leaves connections of a port waiting in the kernel's queue for a while, as Kafka's acceptor does
 * when they come too fast. What it keeps is the port's event loop's.
 */
final class AcceptPause {

  private long untilNanos;
  private boolean pausing;

  /** Accepts nothing for so long from now; the longest of all pauses counts. Any thread. */
  void pause(Channel port, int millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    port.eventLoop().execute(() -> begin(port, until));
  }

  private void begin(Channel port, long until) {
    if (!pausing) {
      pausing = true;
      untilNanos = until;
      port.config().setAutoRead(false);
      end(port);
    } else if (until - untilNanos > 0) {
      untilNanos = until;
    }
  }

  private void end(Channel port) {
    long left = untilNanos - System.nanoTime();
    if (left <= 0) {
      pausing = false;
      port.config().setAutoRead(true);
    } else {
      ScheduledFuture<?> unused =
          port.eventLoop().schedule(() -> end(port), left, TimeUnit.NANOSECONDS);
    }
  }
}
