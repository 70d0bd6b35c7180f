package io.millrace.cdn;

import io.millrace.cdn.net.Transport;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.cdn.store.DiskSettings;
import io.millrace.core.SettingException;
import org.jspecify.annotations.Nullable;

/**
 * How an edge runs.
 *
 * @param host address to listen on
 * @param port to listen on; 0 for any free one
 * @param threads event loops, each on a thread of its own
 * @param transport how sockets are driven
 * @param cacheBytes most memory for stored responses
 * @param disk a tier below that memory, or null for none
 * @param maxWaitingPerFetch most requests that wait for one origin fetch
 */
public record EdgeSettings(
    String host,
    int port,
    int threads,
    Transport transport,
    long cacheBytes,
    @Nullable DiskSettings disk,
    int maxWaitingPerFetch,
    EdgeLimits limits) {

  /** Checks the ranges. */
  public EdgeSettings {
    if (port < 0 || port > 65535) {
      throw new SettingException("edge.port", "is " + port, "a number from 0 to 65535");
    }
    if (threads < 1 || threads > 1024) {
      throw new SettingException("edge.threads", "is " + threads, "a number from 1 to 1024");
    }
    if (maxWaitingPerFetch < 1) {
      throw new SettingException(
          "edge.max-waiting-per-fetch", "is " + maxWaitingPerFetch, "1 and more");
    }
    if (cacheBytes < 0) {
      throw new SettingException("edge.cache-bytes", "is " + cacheBytes, "0 and more");
    }
  }

  /** Those of an edge that stores in memory alone. */
  public EdgeSettings(
      String host,
      int port,
      int threads,
      Transport transport,
      long cacheBytes,
      int maxWaitingPerFetch,
      EdgeLimits limits) {
    this(host, port, threads, transport, cacheBytes, null, maxWaitingPerFetch, limits);
  }

  /** The defaults on a given address: a thread per core, 256 MiB of cache. */
  public static EdgeSettings on(String host, int port) {
    return new EdgeSettings(
        host,
        port,
        Runtime.getRuntime().availableProcessors(),
        Transport.best(),
        256L << 20,
        50_000,
        EdgeLimits.DEFAULT);
  }
}
