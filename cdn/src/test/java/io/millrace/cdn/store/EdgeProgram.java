package io.millrace.cdn.store;

import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.EdgeSettings;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.net.Transport;
import io.millrace.cdn.origin.HttpOrigin;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.core.Clock;
import java.nio.file.Path;
import java.util.List;

/** An edge with a disk tier as a process of its own, which ends with its input. */
final class EdgeProgram {

  private EdgeProgram() {}

  /**
   * @param arguments the disk tier's folder, and the port of the origin
   */
  public static void main(String[] arguments) throws Exception {
    HttpOrigin origin =
        new HttpOrigin(
            HttpOrigin.Settings.of("127.0.0.1", Integer.parseInt(arguments[1])),
            HeadLimits.DEFAULT,
            Clock.system());
    EdgeSettings settings =
        new EdgeSettings(
            "127.0.0.1",
            0,
            2,
            Transport.best(),
            1 << 20,
            new DiskSettings(Path.of(arguments[0]), 32 << 20, 8 << 20),
            10_000,
            EdgeLimits.DEFAULT);
    CachePolicy policy = CachePolicy.DEFAULT;
    try (EdgeServer edge =
        new EdgeServer(
            settings,
            new RouteTable(List.of(new Route("*", "/", origin, policy))),
            Clock.system())) {
      System.out.println(edge.port());
      while (System.in.read() >= 0) {
        // It runs until whoever started it is gone.
      }
    }
    origin.close();
  }
}
