package io.millrace.cdn.server;

import io.millrace.core.Clock;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** All connections of an edge, whatever port they came to, and how they end with it. */
public final class EdgeConnections {

  private static final long CLOSE_SECONDS = 5;

  private final ChannelGroup open =
      new DefaultChannelGroup("edge", GlobalEventExecutor.INSTANCE, true);
  private final ConcurrentMap<EventLoop, LoopConnections> loops = new ConcurrentHashMap<>();
  private final Clock clock;

  /** None yet. */
  public EdgeConnections(Clock clock) {
    this.clock = clock;
  }

  void add(Channel channel) {
    open.add(channel);
  }

  LoopConnections of(EventLoop loop) {
    return loops.computeIfAbsent(loop, key -> new LoopConnections(key, clock));
  }

  /**
   * Lets what is under way come to its end, then closes all. Blocks.
   *
   * @param most time for that
   */
  public void end(Duration most) {
    if (!most.isZero()) {
      loops.values().forEach(loop -> loop.drain(most));
      open.newCloseFuture().awaitUninterruptibly(most.toMillis(), TimeUnit.MILLISECONDS);
    }
    loops.values().forEach(LoopConnections::drop);
    // By name: an event loop that is told to end between its look at that and its last tasks leaves
    // its sockets open, with nobody to read them.
    open.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
