package io.millrace.cdn;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.broker.topic.Topics;
import io.millrace.cdn.cache.CacheFigures;
import io.millrace.cdn.cache.CdnLoop;
import io.millrace.cdn.cache.HttpCache;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.purge.Purge;
import io.millrace.cdn.purge.PurgeTable;
import io.millrace.cdn.purge.PurgeTopic;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeAcceptor;
import io.millrace.cdn.server.EdgeConnections;
import io.millrace.cdn.server.EdgeContext;
import io.millrace.cdn.server.EdgeFigures;
import io.millrace.cdn.server.EdgeFront;
import io.millrace.cdn.store.DiskStore;
import io.millrace.cdn.tls.EdgeCertificates;
import io.millrace.cdn.tls.EdgeTlsSettings;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
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
  private final @Nullable Channel secureChannel;
  private final @Nullable EdgeCertificates certificates;
  private final EdgeConnections connections;
  private final Duration drainTimeout;
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
    this.connections = new EdgeConnections(clock);
    this.drainTimeout = settings.drainTimeout();
    EdgeContext context =
        new EdgeContext(
            clock,
            settings.limits(),
            settings.http2(),
            cache,
            () -> this.routes,
            figures,
            open,
            EdgeFront.NONE);
    EdgeTlsSettings tls = settings.tls();
    try {
      if (tls == null) {
        certificates = null;
        secureChannel = null;
      } else {
        certificates = new EdgeCertificates(tls, clock, new SecureRandom());
        long remembered = tls.strictTransport().toSeconds();
        String field = remembered == 0 ? null : "max-age=" + remembered;
        secureChannel =
            bind(
                settings,
                tls.port(),
                "edge.tls.port",
                new EdgeAcceptor(context.with(new EdgeFront(field, 0)), connections, certificates));
        context = context.with(new EdgeFront(field, tls.redirects() ? portOf(secureChannel) : 0));
      }
      channel =
          bind(
              settings, settings.port(), "edge.port", new EdgeAcceptor(context, connections, null));
    } catch (SettingException e) {
      stopLoops();
      storage.close();
      throw e;
    }
  }

  private Channel bind(EdgeSettings settings, int port, String setting, EdgeAcceptor acceptor) {
    var binding =
        new ServerBootstrap()
            .group(acceptors, loops)
            .channel(settings.transport().serverChannel())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
            .childHandler(acceptor)
            .bind(new InetSocketAddress(settings.host(), port))
            .awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new SettingException(
          setting,
          "is "
              + port
              + " on "
              + settings.host()
              + ", which cannot be opened ("
              + binding.cause().getMessage()
              + ")",
          "a free port of this machine, or 0 for any");
    }
    return binding.channel();
  }

  private static int portOf(Channel listening) {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** The port that it listens on. */
  public int port() {
    return portOf(channel);
  }

  /** The port of TLS, or 0 for an edge without. */
  public int securePort() {
    return secureChannel == null ? 0 : portOf(secureChannel);
  }

  /** Its certificates, or null for an edge without TLS. */
  public @Nullable EdgeCertificates certificates() {
    return certificates;
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

  /**
   * A purge in the names of this edge's cache: of a URL's query there is what counts on its route.
   */
  public Purge named(Purge purge) {
    RequestTarget target = purge.target();
    Route route = target == null ? null : routes.find(target);
    return route == null || target == null
        ? purge
        : new Purge(
            purge.scope(), route.policy().key().key(target), purge.soft(), purge.timeMillis());
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

  /**
   * Stops listening, lets requests under way end for as long as the settings allow, closes all
   * connections and ends the threads.
   */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    if (secureChannel != null) {
      secureChannel.close().awaitUninterruptibly();
    }
    connections.end(drainTimeout);
    stopLoops();
    storage.close();
  }

  private void stopLoops() {
    var accepting = acceptors.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    accepting.awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
