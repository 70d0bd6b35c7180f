package io.millrace.cdn;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.broker.topic.Topics;
import io.millrace.cdn.cache.CacheFigures;
import io.millrace.cdn.cache.CdnLoop;
import io.millrace.cdn.cache.HttpCache;
import io.millrace.cdn.purge.PurgeTable;
import io.millrace.cdn.purge.PurgeTopic;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeAcceptor;
import io.millrace.cdn.server.EdgeContext;
import io.millrace.cdn.server.EdgeFigures;
import io.millrace.cdn.store.DiskStore;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP edge: listens, and answers from its cache, origins and views by its routes. Any thread
 * may call it. Does not own the origins in its routes: who made them closes them, after this.
 */
public final class EdgeServer implements AutoCloseable, MeterBinder {

  private final EventLoopGroup acceptors;
  private final EventLoopGroup loops;
  private final Channel channel;
  private final ChannelGroup connections =
      new DefaultChannelGroup("edge", GlobalEventExecutor.INSTANCE, true);
  private final HttpCache cache;
  private final CacheStorage storage;
  private final EdgeFigures figures = new EdgeFigures();
  private final AtomicInteger open = new AtomicInteger();
  private volatile RouteTable routes;

  /**
   * Starts listening.
   *
   * @throws SettingException when the port is taken or the address is not this machine's
   */
  public EdgeServer(EdgeSettings settings, RouteTable routes, Clock clock) {
    this(settings, routes, clock, null);
  }

  /**
   * Starts listening.
   *
   * @param topics of a broker that keeps the purges, and stays open until this is closed; null for
   *     an edge that takes none
   * @throws SettingException when the port is taken, the address is not this machine's or the disk
   *     tier's folder cannot be used
   */
  public EdgeServer(
      EdgeSettings settings, RouteTable routes, Clock clock, @Nullable Topics topics) {
    this.routes = routes;
    PurgeTable table = new PurgeTable();
    this.cache =
        new HttpCache(
            clock, settings.cacheBytes(), settings.maxWaitingPerFetch(), CdnLoop.unique(), table);
    this.storage = CacheStorage.open(settings, cache, table, clock, topics);
    this.acceptors =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("edge-accept", true), settings.transport().ioHandlers());
    this.loops =
        new MultiThreadIoEventLoopGroup(
            settings.threads(),
            new DefaultThreadFactory("edge", true),
            settings.transport().ioHandlers());
    EdgeContext context =
        new EdgeContext(clock, settings.limits(), cache, () -> this.routes, figures, open);
    var binding =
        new ServerBootstrap()
            .group(acceptors, loops)
            .channel(settings.transport().serverChannel())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
            .childHandler(new EdgeAcceptor(context, connections))
            .bind(new InetSocketAddress(settings.host(), settings.port()))
            .awaitUninterruptibly();
    if (!binding.isSuccess()) {
      stopLoops();
      storage.close();
      throw new SettingException(
          "edge.port",
          "is "
              + settings.port()
              + " on "
              + settings.host()
              + ", which cannot be opened ("
              + binding.cause().getMessage()
              + ")",
          "a free port of this machine, or 0 for any");
    }
    this.channel = binding.channel();
  }

  /** The port that it listens on. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Replaces the routes; requests that have begun keep theirs. */
  public void route(RouteTable table) {
    routes = table;
  }

  /** What connections have done. */
  public EdgeFigures figures() {
    return figures;
  }

  /** What the cache has done. */
  public CacheFigures cacheFigures() {
    return cache.figures();
  }

  /** Bytes that the cache holds, about. */
  public long cachedBytes() {
    return cache.storedBytes();
  }

  /** Resources that the cache holds, about. */
  public long cachedObjects() {
    return cache.storedObjects();
  }

  /** The disk tier of the cache, or null. */
  public @Nullable DiskStore disk() {
    return storage.disk();
  }

  /** Where purges are ordered, or null on an edge that takes none. */
  public @Nullable PurgeTopic purges() {
    return storage.purges();
  }

  /** Connections open now, viewers included. */
  public int openConnections() {
    return open.get();
  }

  /** Publishes what is counted, under names that begin with {@code millrace.edge}. */
  @Override
  public void bindTo(MeterRegistry registry) {
    EdgeMeters.bind(this, registry);
  }

  /** Stops listening, closes all connections and ends the threads. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    // By name: an event loop that is told to end between its look at that and its last tasks leaves
    // its sockets open, with nobody to read them.
    connections.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    stopLoops();
    storage.close();
  }

  private void stopLoops() {
    var accepting = acceptors.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    accepting.awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
