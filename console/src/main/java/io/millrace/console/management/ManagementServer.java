package io.millrace.console.management;

import io.millrace.cdn.EdgeServer;
import io.millrace.console.http.ApiPort;
import io.millrace.console.http.BodyLimit;
import io.millrace.console.http.ConsoleOrigin;
import io.millrace.console.http.RequestGuard;
import io.millrace.console.http.Router;
import io.millrace.core.SettingException;
import io.millrace.core.Timer;
import java.time.Duration;
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
    ApiPort port =
        new ApiPort(settings.host(), settings.port(), settings.maxConnections(), CACHE_BYTES);
    RequestGuard guard =
        RequestGuard.ofPasswords(
            port.names(settings.allowedHosts()), "amqp.management.allowed-hosts");
    ConsoleOrigin origin =
        new ConsoleOrigin(guard, path -> limit, router::join, ManagementApi::problem);
    try {
      EdgeServer server = port.open(origin, sources.clock());
      ManagementSources shown = sources.listening(settings.host(), server.port());
      boolean unused = router.complete(new Router(new ManagementApi(shown, sampler).served()));
      return new ManagementServer(server, origin, sampler);
    } catch (SettingException e) {
      origin.close();
      throw e;
    }
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
