package io.millrace.cdn.server;

import io.millrace.cdn.cache.HttpCache;
import io.millrace.cdn.route.RouteTable;
import io.millrace.core.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What all connections of an edge share.
 *
 * @param routes the table as it is now
 * @param open connections open at this moment
 */
public record EdgeContext(
    Clock clock,
    EdgeLimits limits,
    HttpCache cache,
    Supplier<RouteTable> routes,
    EdgeFigures figures,
    AtomicInteger open) {}
