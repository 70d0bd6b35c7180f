package io.millrace.cdn.server;

import io.millrace.cdn.cache.HttpCache;
import io.millrace.cdn.http2.Http2Limits;
import io.millrace.cdn.route.RouteTable;
import io.millrace.core.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What all connections of an edge share.
 *
 * @param routes the table as it is now
 * @param open connections open at this moment
 * @param front how its ports go together
 */
public record EdgeContext(
    Clock clock,
    EdgeLimits limits,
    Http2Limits http2,
    HttpCache cache,
    Supplier<RouteTable> routes,
    EdgeFigures figures,
    AtomicInteger open,
    EdgeFront front) {

  /** With another front. */
  public EdgeContext with(EdgeFront other) {
    return new EdgeContext(clock, limits, http2, cache, routes, figures, open, other);
  }
}
