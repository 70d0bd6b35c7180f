package io.millrace.console.api;

import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.cache.CacheFigures;
import io.millrace.cdn.server.EdgeFigures;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.ProblemException;
import io.millrace.console.http.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The HTTP edge: connections, viewers and the cache. */
public final class EdgeApi {

  private final @Nullable EdgeServer edge;

  /** Over an edge, or over none. */
  public EdgeApi(@Nullable EdgeServer edge) {
    this.edge = edge;
  }

  /** {@code /api/edge}. */
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.of("GET", "/api/edge", this::describe));
  }

  /**
   * What an edge has done since it was started, and what it holds now.
   *
   * @param viewers those who follow a stream of events now
   */
  record Edge(
      int port,
      int openConnections,
      long connections,
      long connectionsRefused,
      long requests,
      long refused,
      long tooSlow,
      long bytesSent,
      long viewers,
      long eventsDelivered,
      long eventsSkipped,
      long viewersDropped,
      Cache cache) {

    static Edge of(EdgeServer edge) {
      EdgeFigures figures = edge.figures();
      return new Edge(
          edge.port(),
          edge.openConnections(),
          figures.connections.sum(),
          figures.connectionsRefused.sum(),
          figures.requests.sum(),
          figures.refused.sum(),
          figures.tooSlow.sum(),
          figures.bytesSent.sum(),
          Math.max(0, figures.viewers.sum() - figures.viewersGone.sum()),
          figures.eventsDelivered.sum(),
          figures.eventsSkipped.sum(),
          figures.viewersDropped.sum(),
          Cache.of(edge));
    }
  }

  /**
   * The cache of an edge.
   *
   * @param hitRatio of all that a cache may answer, the part that needed no waiting for an origin:
   *     fresh or stale; null before the first request
   */
  record Cache(
      long objects,
      long bytes,
      @Nullable Double hitRatio,
      long hits,
      long stale,
      long misses,
      long collapsed,
      long revalidated,
      long passed,
      long originFetches,
      long originFailures,
      long originBytes,
      long evicted,
      long invalidated,
      long refusedWaiting) {

    static Cache of(EdgeServer edge) {
      CacheFigures figures = edge.cacheFigures();
      long served = figures.hits.sum() + figures.stale.sum();
      long asked = served + figures.misses.sum();
      return new Cache(
          edge.cachedObjects(),
          edge.cachedBytes(),
          asked == 0 ? null : (double) served / asked,
          figures.hits.sum(),
          figures.stale.sum(),
          figures.misses.sum(),
          figures.collapsed.sum(),
          figures.revalidated.sum(),
          figures.passed.sum(),
          figures.originFetches.sum(),
          figures.originFailures.sum(),
          figures.originBytes.sum(),
          figures.evicted.sum(),
          figures.invalidated.sum(),
          figures.refusedWaiting.sum());
    }
  }

  private Answer describe(Request request) {
    if (edge == null) {
      throw new ProblemException(404, "This node runs no HTTP edge.");
    }
    return Json.answer(200, Edge.of(edge));
  }
}
