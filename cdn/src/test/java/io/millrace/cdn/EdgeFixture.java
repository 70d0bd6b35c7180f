package io.millrace.cdn;

import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.http2.Http2Limits;
import io.millrace.cdn.net.Transport;
import io.millrace.cdn.origin.HttpOrigin;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.cdn.store.DiskSettings;
import io.millrace.cdn.tls.EdgeTlsSettings;
import io.millrace.core.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An edge on a free port with one route for everything, and clients of it. */
public final class EdgeFixture implements AutoCloseable {

  public final EdgeServer edge;
  public final HttpClient client = HttpClient.newHttpClient();

  public EdgeFixture(Origin origin) {
    this(origin, Clock.system(), EdgeLimits.DEFAULT);
  }

  public EdgeFixture(Origin origin, Clock clock, EdgeLimits limits) {
    this(new RouteTable(List.of(new Route("*", "/", origin, CachePolicy.DEFAULT))), clock, limits);
  }

  public EdgeFixture(RouteTable routes, Clock clock, EdgeLimits limits) {
    this(settings(limits), routes, clock);
  }

  public EdgeFixture(EdgeSettings settings, RouteTable routes, Clock clock) {
    edge = new EdgeServer(settings, routes, clock);
  }

  public static EdgeSettings settings(EdgeLimits limits) {
    return new EdgeSettings("127.0.0.1", 0, 2, Transport.best(), 16 << 20, 10_000, limits);
  }

  /** With HTTP/2 within those limits. */
  public static EdgeSettings settings(EdgeLimits limits, Http2Limits http2) {
    return settings(16 << 20, null, limits, http2, null, Duration.ZERO);
  }

  /** With an encrypted port, and time for requests under way to end. */
  public static EdgeSettings settings(
      int cacheBytes, @Nullable DiskSettings disk, EdgeTlsSettings tls, Duration drainTimeout) {
    return settings(cacheBytes, disk, EdgeLimits.DEFAULT, Http2Limits.DEFAULT, tls, drainTimeout);
  }

  private static EdgeSettings settings(
      int cacheBytes,
      @Nullable DiskSettings disk,
      EdgeLimits limits,
      Http2Limits http2,
      @Nullable EdgeTlsSettings tls,
      Duration drainTimeout) {
    return new EdgeSettings(
        "127.0.0.1",
        0,
        2,
        Transport.best(),
        cacheBytes,
        disk,
        10_000,
        limits,
        http2,
        tls,
        drainTimeout);
  }

  /** Before a server, with timeouts of seconds. */
  public static EdgeFixture before(ScriptedOrigin origin, Clock clock, CachePolicy policy) {
    return new EdgeFixture(
        new RouteTable(List.of(new Route("*", "/", http(origin, clock), policy))),
        clock,
        EdgeLimits.DEFAULT);
  }

  public static HttpOrigin http(ScriptedOrigin origin, Clock clock) {
    return new HttpOrigin(
        new HttpOrigin.Settings(
            "127.0.0.1",
            origin.port(),
            null,
            4,
            8,
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2)),
        HeadLimits.DEFAULT,
        clock);
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + edge.port() + path);
  }

  public HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  public Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** Sends bytes on a connection of their own, and reads until the edge closes it. */
  public String exchange(String bytes) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return readAll(socket.getInputStream());
    }
  }

  public static String readAll(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    client.shutdownNow();
    edge.close();
  }
}
