package io.millrace.console;

import io.millrace.cdn.EdgeServer;
import io.millrace.console.http.ApiPort;
import io.millrace.console.http.BodyLimit;
import io.millrace.console.http.ConsoleOrigin;
import io.millrace.console.http.RequestGuard;
import io.millrace.console.schema.RegistryApi;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.core.Timer;
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
    ApiPort port =
        new ApiPort(settings.host(), settings.port(), settings.maxConnections(), CACHE_BYTES);
    RequestGuard guard = new RequestGuard(port.names(settings.allowedHosts()));
    ConsoleOrigin origin = new ConsoleOrigin(guard, limits(settings, sources), routes::router);
    try {
      EdgeServer server = port.open(origin, clock);
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
