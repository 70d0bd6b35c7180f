package io.millrace.console.live;

import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.cache.CacheFigures;
import io.millrace.cdn.server.EdgeFigures;
import io.millrace.console.live.Snapshot.EdgeRate;
import org.jspecify.annotations.Nullable;

/** The edge's part of a snapshot. One thread at a time. */
final class EdgeSampler {

  private final @Nullable EdgeServer edge;
  private final Rate requests = new Rate();
  private final Rate bytes = new Rate();
  private final Rate events = new Rate();
  private final Rate fetches = new Rate();
  private final Rate served = new Rate();
  private final Rate missed = new Rate();

  EdgeSampler(@Nullable EdgeServer edge) {
    this.edge = edge;
  }

  @Nullable EdgeRate sample(double seconds) {
    if (edge == null) {
      return null;
    }
    EdgeFigures figures = edge.figures();
    CacheFigures cache = edge.cacheFigures();
    long hits = served.growth(cache.hits.sum() + cache.stale.sum());
    long misses = missed.growth(cache.misses.sum());
    return new EdgeRate(
        requests.perSecond(figures.requests.sum(), seconds),
        bytes.perSecond(figures.bytesSent.sum(), seconds),
        events.perSecond(figures.eventsDelivered.sum(), seconds),
        fetches.perSecond(cache.originFetches.sum(), seconds),
        hits + misses == 0 ? null : (double) hits / (hits + misses),
        Math.max(0, figures.viewers.sum() - figures.viewersGone.sum()),
        edge.openConnections());
  }
}
