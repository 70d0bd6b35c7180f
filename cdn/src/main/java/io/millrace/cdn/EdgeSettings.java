package io.millrace.cdn;

import io.millrace.cdn.http2.Http2Limits;
import io.millrace.cdn.net.Transport;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.cdn.store.DiskSettings;
import io.millrace.cdn.tls.EdgeTlsSettings;
import io.millrace.core.SettingException;
import java.time.Duration;
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
 * @param tls the encrypted port, or null for none
 * @param drainTimeout how long requests under way may take to end when the edge is stopped
 */
public record EdgeSettings(
    String host,
    int port,
    int threads,
    Transport transport,
    long cacheBytes,
    @Nullable DiskSettings disk,
    int maxWaitingPerFetch,
    EdgeLimits limits,
    Http2Limits http2,
    @Nullable EdgeTlsSettings tls,
    Duration drainTimeout) {

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
    if (drainTimeout.isNegative()) {
      throw new SettingException("edge.drain-timeout", "is " + drainTimeout, "0s and more");
    }
  }

  /** In plain text, with the usual limits of HTTP/2, and closed at once when it is stopped. */
  public EdgeSettings(
      String host,
      int port,
      int threads,
      Transport transport,
      long cacheBytes,
      @Nullable DiskSettings disk,
      int maxWaitingPerFetch,
      EdgeLimits limits) {
    this(
        host,
        port,
        threads,
        transport,
        cacheBytes,
        disk,
        maxWaitingPerFetch,
        limits,
        Http2Limits.DEFAULT,
        null,
        Duration.ZERO);
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
