package io.millrace.console;

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
import io.millrace.console.schema.RegistryApi;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * Serves the console on a port: the page at {@code /}, the API under {@code /api}, and {@code
 * /metrics}. {@link #bind} opens the port and does nothing more, so that it adds little to a node's
 * start; what serves requests is made by the first one. Any thread may call it.
 */
public final class ConsoleServer implements AutoCloseable {

  private static final int CACHE_BYTES = 4 << 20;

  private final EdgeServer server;
  private final ConsoleOrigin origin;
  private final ConsoleRoutes routes;

  private ConsoleServer(EdgeServer server, ConsoleOrigin origin, ConsoleRoutes routes) {
    this.server = server;
    this.origin = origin;
    this.routes = routes;
  }

  /**
   * Opens the port and serves it at once.
   *
   * @param timer paces the live feed; used only while somebody watches
   * @throws SettingException when the port is taken or the address is not this machine's
   */
  public static ConsoleServer bind(
      ConsoleSettings settings, ConsoleSources sources, Clock clock, Timer timer) {
    ConsoleRoutes routes = new ConsoleRoutes(sources, clock, timer);
    ConsoleOrigin origin =
        new ConsoleOrigin(guard(settings), limits(settings, sources), routes::router);
    try {
      EdgeServer server =
          new EdgeServer(
              edge(settings),
              new RouteTable(List.of(new Route("*", "/", origin, CachePolicy.DEFAULT))),
              clock);
      routes.opened(settings.host(), server.port());
      return new ConsoleServer(server, origin, routes);
    } catch (SettingException e) {
      origin.close();
      throw new SettingException(
          "console.port", problem(e), "a free port of this machine, or 0 for any");
    }
  }

  /** What the edge said about a port that it calls its own. */
  private static String problem(SettingException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.lastIndexOf("; allowed: ");
    return message.substring(e.setting().length() + 1, end < 0 ? message.length() : end);
  }

  /** Schemas may be longer than what the console's own API takes. */
  private static Function<String, BodyLimit> limits(
      ConsoleSettings settings, ConsoleSources sources) {
    BodyLimit usual = new BodyLimit(settings.maxBodyBytes(), "console.max-body-bytes");
    if (sources.schemas() == null) {
      return path -> usual;
    }
    // A schema stands in its document as a string, where quotes are escaped.
    int bytes = 2 * sources.schemas().settings().maxSchemaBytes() + 64 * 1024;
    BodyLimit ofSchemas = new BodyLimit(bytes, "schema-registry.max-schema-size");
    return path -> RegistryApi.serves(path) ? ofSchemas : usual;
  }

  private static RequestGuard guard(ConsoleSettings settings) {
    Set<String> hosts = new HashSet<>(settings.allowedHosts());
    hosts.add(settings.host().toLowerCase(Locale.ROOT));
    return new RequestGuard(hosts);
  }

  private static EdgeSettings edge(ConsoleSettings settings) {
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

  /** Closes the port and all connections, and ends the sessions of SQL clients. */
  @Override
  public void close() {
    server.close();
    routes.close();
    origin.close();
  }
}
