package io.millrace.cdn.origin;

import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.net.Transport;
import io.millrace.core.Clock;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A server behind the edge, spoken to by HTTP/1.1 over kept-alive connections.
 *
 * <p>Each event loop has a pool of its own, so a request goes out, and its response comes back, on
 * the loop of the client that asked. A pool is bounded in connections and in waiting calls; a call
 * that finds neither fails with 503 at once.
 *
 * <p>A request without a body that is safe is sent a second time when a connection taken from the
 * pool turns out to be closed before any byte of the response: the server may always close an idle
 * connection (RFC 9112, section 9.3.1).
 */
public final class HttpOrigin implements Origin {

  /**
   * How an origin is reached.
   *
   * @param host name or address
   * @param port from 1 to 65535
   * @param hostHeader what to send as Host, or null for what the client sent
   * @param connectionsPerLoop most connections that one event loop opens
   * @param waitingPerLoop most calls that wait for a connection, and how many more is too many
   * @param connectTimeout to an open connection, waiting for one included
   * @param responseTimeout from the request sent to the response's head
   * @param idleTimeout between two pieces of a response, and in the pool
   */
  public record Settings(
      String host,
      int port,
      @Nullable String hostHeader,
      int connectionsPerLoop,
      int waitingPerLoop,
      Duration connectTimeout,
      Duration responseTimeout,
      Duration idleTimeout) {

    /** The usual bounds for a host and port. */
    public static Settings of(String host, int port) {
      return new Settings(
          host,
          port,
          null,
          64,
          1024,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));
    }
  }

  private static final long RESOLVE_EVERY_NANOS = Duration.ofSeconds(30).toNanos();

  private final Settings settings;
  private final HeadLimits limits;
  private final Clock clock;
  private final ConcurrentMap<EventLoop, UpstreamPool> pools = new ConcurrentHashMap<>();
  private final AtomicBoolean resolving = new AtomicBoolean();
  private volatile InetSocketAddress address;
  private volatile long resolvedNanos;
  private volatile boolean closed;

  /** Resolves the host's name; later again, in the background, while calls are made. */
  public HttpOrigin(Settings settings, HeadLimits limits, Clock clock) {
    this.settings = settings;
    this.limits = limits;
    this.clock = clock;
    this.address = new InetSocketAddress(settings.host(), settings.port());
    this.resolvedNanos = clock.nanos();
  }

  @Override
  public OriginCall fetch(OriginRequest request, ResponseListener listener) {
    UpstreamPool pool = pools.computeIfAbsent(request.loop(), loop -> new UpstreamPool(this, loop));
    UpstreamCall call = new UpstreamCall(request, listener, pool);
    pool.start(call);
    return call;
  }

  @Override
  public OriginCall upgrade(OriginRequest request, String protocol, UpgradeListener listener) {
    UpgradeConnection connection = new UpgradeConnection(this, request, protocol, listener);
    // One for each client's connection, which are bounded.
    var unused =
        new Bootstrap()
            .group(request.loop())
            .channel(Transport.of(request.loop()).clientChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.connectTimeout().toMillis())
            .handler(connection)
            .connect(address())
            .addListener(
                done -> {
                  if (!done.isSuccess()) {
                    connection.fail(new HttpError(502, "the origin cannot be reached"));
                  }
                });
    return connection;
  }

  Settings settings() {
    return settings;
  }

  HeadLimits limits() {
    return limits;
  }

  Clock clock() {
    return clock;
  }

  boolean isClosed() {
    return closed;
  }

  InetSocketAddress address() {
    if (clock.nanos() - resolvedNanos > RESOLVE_EVERY_NANOS
        && resolving.compareAndSet(false, true)) {
      Thread.startVirtualThread(this::resolve);
    }
    return address;
  }

  private void resolve() {
    try {
      InetSocketAddress found = new InetSocketAddress(settings.host(), settings.port());
      if (!found.isUnresolved()) {
        address = found;
      }
      resolvedNanos = clock.nanos();
    } finally {
      resolving.set(false);
    }
  }

  @Override
  public void close() {
    closed = true;
    pools.forEach(
        (loop, pool) -> {
          if (!loop.isShuttingDown()) {
            loop.execute(pool::close);
          }
        });
  }

  @Override
  public String toString() {
    return "http://" + settings.host() + ":" + settings.port();
  }
}
