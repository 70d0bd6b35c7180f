package io.millrace.console.http;

import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.EdgeSettings;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.net.Transport;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.core.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A port for administration: one event loop, and one origin that serves all paths.
 *
 * @param host the address to listen on
 * @param port 0 for any that is free
 * @param maxConnections connections beyond it are closed at once
 * @param cacheBytes what answers that may be cached take at most
 */
public record ApiPort(String host, int port, int maxConnections, int cacheBytes) {

  /**
   * Opens the port and serves it at once; the server is the caller's to close, and so is the
   * origin.
   *
   * @throws io.millrace.core.SettingException when the port is taken or the address is not this
   *     machine's
   */
  public EdgeServer open(ConsoleOrigin origin, Clock clock) {
    EdgeLimits limits =
        new EdgeLimits(
            maxConnections,
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
    return new EdgeServer(
        new EdgeSettings(host, port, 1, Transport.best(), cacheBytes, maxConnections, limits),
        new RouteTable(List.of(new Route("*", "/", origin, CachePolicy.DEFAULT))),
        clock);
  }

  /** The names by which requests may call this node: those that are allowed, and its address. */
  public Set<String> names(Collection<String> allowed) {
    Set<String> names = new HashSet<>(allowed);
    names.add(host.toLowerCase(Locale.ROOT));
    return names;
  }
}
