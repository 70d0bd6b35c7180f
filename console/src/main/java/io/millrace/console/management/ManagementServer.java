package io.millrace.console.management;

import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.EdgeSettings;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.net.Transport;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.console.http.BodyLimit;
import io.millrace.console.http.ConsoleOrigin;
import io.millrace.console.http.RequestGuard;
import io.millrace.console.http.Router;
import io.millrace.core.SettingException;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Serves RabbitMQ's management API on a port of its own. {@link #bind} opens it, {@link #close}
 * ends it; the AMQP port behind it stays the caller's. Any thread may call it.
 */
public final class ManagementServer implements AutoCloseable {

  private static final int CACHE_BYTES = 1 << 20;

  /** RabbitMQ's {@code collect_statistics_interval}. */
  private static final Duration SAMPLE_EVERY = Duration.ofSeconds(5);

  private final EdgeServer server;
  private final ConsoleOrigin origin;
  private final Sampler sampler;

  private ManagementServer(EdgeServer server, ConsoleOrigin origin, Sampler sampler) {
    this.server = server;
    this.origin = origin;
    this.sampler = sampler;
  }

  /**
   * Opens the port and serves it at once, with a sample of the counters every five seconds while
   * somebody asks.
   *
   * @throws SettingException when the port is taken or the address is not this machine's
   */
  public static ManagementServer bind(
      ManagementSettings settings, ManagementSources sources, Timer timer) {
    return bind(settings, sources, timer, SAMPLE_EVERY);
  }

  static ManagementServer bind(
      ManagementSettings settings, ManagementSources sources, Timer timer, Duration sampleEvery) {
    Sampler sampler = new Sampler(sources, timer, sampleEvery);
    // Its own port is among what it shows, and known only once it is open.
    CompletableFuture<Router> router = new CompletableFuture<>();
    BodyLimit limit = new BodyLimit(settings.maxBodyBytes(), "amqp.management.max-body-size");
    ConsoleOrigin origin =
        new ConsoleOrigin(guard(settings), path -> limit, router::join, ManagementApi::problem);
    try {
      EdgeServer server =
          new EdgeServer(
              edge(settings),
              new RouteTable(List.of(new Route("*", "/", origin, CachePolicy.DEFAULT))),
              sources.clock());
      ManagementSources shown = sources.listening(settings.host(), server.port());
      boolean unused = router.complete(new Router(new ManagementApi(shown, sampler).served()));
      return new ManagementServer(server, origin, sampler);
    } catch (SettingException e) {
      origin.close();
      throw e;
    }
  }

  private static RequestGuard guard(ManagementSettings settings) {
    Set<String> hosts = new HashSet<>(settings.allowedHosts());
    hosts.add(settings.host().toLowerCase(Locale.ROOT));
    return RequestGuard.ofPasswords(hosts, "amqp.management.allowed-hosts");
  }

  private static EdgeSettings edge(ManagementSettings settings) {
    EdgeLimits limits =
        new EdgeLimits(
            settings.maxConnections(),
            HeadLimits.DEFAULT,
            // The origin bounds bodies itself: it can say so in the API's own words.
            Long.MAX_VALUE,
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            64 * 1024,
            Duration.ofSeconds(30),
            Duration.ofSeconds(15));
    return new EdgeSettings(
        settings.host(),
        settings.port(),
        1,
        Transport.best(),
        CACHE_BYTES,
        settings.maxConnections(),
        limits);
  }

  /** The port that is open. */
  public int port() {
    return server.port();
  }

  /** Closes the port and all connections. */
  @Override
  public void close() {
    server.close();
    origin.close();
    sampler.close();
  }
}
