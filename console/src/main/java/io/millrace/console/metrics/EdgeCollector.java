package io.millrace.console.metrics;

import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.cache.CacheFigures;
import io.millrace.cdn.server.EdgeFigures;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** The HTTP edge. */
final class EdgeCollector implements MultiCollector {

  private final EdgeServer edge;

  EdgeCollector(EdgeServer edge) {
    this.edge = edge;
  }

  @Override
  public MetricSnapshots collect() {
    Families families = new Families();
    connections(families, edge.figures());
    cache(families, edge.cacheFigures());
    families.gauge("millrace_edge_cache_objects", "Resources stored", edge.cachedObjects());
    families.gauge("millrace_edge_cache_size_bytes", "Bytes stored, about", edge.cachedBytes());
    return families.build();
  }

  private void connections(Families families, EdgeFigures figures) {
    families.gauge(
        "millrace_edge_connections_open", "Connections open now", edge.openConnections());
    families.counter(
        "millrace_edge_connections", "Connections accepted", figures.connections.sum());
    families.counter(
        "millrace_edge_connections_refused",
        "Connections turned away because there were too many",
        figures.connectionsRefused.sum());
    families.counter(
        "millrace_edge_requests", "Requests whose head was understood", figures.requests.sum());
    families.counter(
        "millrace_edge_requests_refused",
        "Requests refused as malformed, too large, too slow or not allowed",
        figures.refused.sum());
    families.counter("millrace_edge_sent_bytes", "Bytes given to sockets", figures.bytesSent.sum());
    families.gauge(
        "millrace_edge_viewers",
        "Viewers that follow a stream of events now",
        Math.max(0, figures.viewers.sum() - figures.viewersGone.sum()));
    families.counter(
        "millrace_edge_events_delivered",
        "Events delivered to viewers, each viewer counted",
        figures.eventsDelivered.sum());
    families.counter(
        "millrace_edge_events_skipped",
        "Events that viewers missed since they read too slowly",
        figures.eventsSkipped.sum());
  }

  private static void cache(Families families, CacheFigures figures) {
    lookup(families, "hit", figures.hits.sum());
    lookup(families, "stale", figures.stale.sum());
    lookup(families, "miss", figures.misses.sum());
    lookup(families, "pass", figures.passed.sum());
    families.counter(
        "millrace_edge_cache_collapsed",
        "Misses that shared another one's fetch",
        figures.collapsed.sum());
    families.counter(
        "millrace_edge_cache_evicted",
        "Stored responses pushed out for want of room",
        figures.evicted.sum());
    families.counter(
        "millrace_edge_origin_fetches", "Requests sent to origins", figures.originFetches.sum());
    families.counter(
        "millrace_edge_origin_failures",
        "Of these, the ones that failed",
        figures.originFailures.sum());
    families.counter(
        "millrace_edge_origin_bytes",
        "Bytes of bodies that came from origins",
        figures.originBytes.sum());
  }

  private static void lookup(Families families, String result, long count) {
    families.counter(
        "millrace_edge_cache_lookups",
        "How requests were answered: fresh or stale from the cache, or by the origin",
        count,
        "result",
        result);
  }
}
