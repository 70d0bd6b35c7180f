package io.millrace.cdn.server;

import io.millrace.core.Clock;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one event loop, and the round that looks after their deadlines: one task per
 * loop instead of a timer per request. Confined to the loop.
 */
final class LoopConnections {

  private static final long ROUND_MILLIS = 250;

  private final Clock clock;
  private final Set<EdgeConnection> connections = new LinkedHashSet<>();

  LoopConnections(EventLoop loop, Clock clock) {
    this.clock = clock;
    var unused =
        loop.scheduleWithFixedDelay(this::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
  }

  void add(EdgeConnection connection) {
    connections.add(connection);
  }

  void remove(EdgeConnection connection) {
    connections.remove(connection);
  }

  private void round() {
    long now = clock.nanos();
    // A check may close the connection, which removes it.
    for (EdgeConnection connection : new ArrayList<>(connections)) {
      connection.check(now);
    }
  }
}
