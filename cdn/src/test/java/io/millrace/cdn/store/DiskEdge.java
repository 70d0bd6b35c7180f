package io.millrace.cdn.store;

import io.millrace.broker.topic.Topics;
import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.EdgeSettings;
import io.millrace.cdn.RawAnswer;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.net.Transport;
import io.millrace.cdn.origin.HttpOrigin;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.core.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An edge with a disk tier before a scripted server. */
public final class DiskEdge implements AutoCloseable {

  public final EdgeServer edge;
  private final HttpOrigin upstream;

  public DiskEdge(Path folder, ScriptedOrigin origin) {
    this(folder, origin, Transport.best(), 16 << 20, 256L << 20, null);
  }

  public DiskEdge(Path folder, ScriptedOrigin origin, @Nullable Topics topics) {
    this(folder, origin, Transport.best(), 16 << 20, 256L << 20, topics);
  }

  public DiskEdge(
      Path folder,
      ScriptedOrigin origin,
      Transport transport,
      long memoryBytes,
      long diskBytes,
      @Nullable Topics topics) {
    upstream = EdgeFixture.http(origin, Clock.system());
    edge =
        new EdgeServer(
            new EdgeSettings(
                "127.0.0.1",
                0,
                2,
                transport,
                memoryBytes,
                new DiskSettings(folder, diskBytes, 64 << 20),
                10_000,
                EdgeLimits.DEFAULT),
            new RouteTable(List.of(new Route("*", "/", upstream, CachePolicy.DEFAULT))),
            Clock.system(),
            topics);
  }

  public RawAnswer get(String path, String... fields) throws IOException {
    return RawAnswer.get(edge.port(), "site", path, fields);
  }

  public DiskStore disk() {
    return Objects.requireNonNull(edge.disk());
  }

  @Override
  public void close() {
    edge.close();
    upstream.close();
  }
}
