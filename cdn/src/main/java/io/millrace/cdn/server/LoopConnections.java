package io.millrace.cdn.server;

import io.millrace.core.Clock;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The connections of one event loop, and the round that looks after their deadlines: one task per
 * loop instead of a timer per request. Confined to the loop.
 */
final class LoopConnections {

  private static final long ROUND_MILLIS = 250;

  private final EventLoop loop;
  private final Clock clock;
  private final Set<LoopConnection> connections = new LinkedHashSet<>();

  LoopConnections(EventLoop loop, Clock clock) {
    this.loop = loop;
    this.clock = clock;
    var unused =
        loop.scheduleWithFixedDelay(this::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
  }

  void add(LoopConnection connection) {
    connections.add(connection);
  }

  void remove(LoopConnection connection) {
    connections.remove(connection);
  }

  /** Ends each as soon as nothing is under way on it. Any thread. */
  void drain(Duration most) {
    onLoop(connection -> connection.drain(most));
  }

  /** Ends each at once. Any thread. */
  void drop() {
    onLoop(LoopConnection::drop);
  }

  private void onLoop(Consumer<LoopConnection> what) {
    if (!loop.isShuttingDown()) {
      // One that ends removes itself.
      loop.execute(() -> new ArrayList<>(connections).forEach(what));
    }
  }

  private void round() {
    long now = clock.nanos();
    // A check may close the connection, which removes it.
    for (LoopConnection connection : new ArrayList<>(connections)) {
      connection.check(now);
    }
  }
}
