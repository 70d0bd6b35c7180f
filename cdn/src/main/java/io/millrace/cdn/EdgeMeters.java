package io.millrace.cdn;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.cdn.cache.CacheFigures;
import io.millrace.cdn.purge.PurgeTable;
import io.millrace.cdn.purge.PurgeTopic;
import io.millrace.cdn.server.EdgeFigures;
import io.millrace.cdn.store.DiskFigures;
import io.millrace.cdn.store.DiskStore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/** An edge's figures as meters, under names that begin with {@value #PREFIX}. */
final class EdgeMeters {

  private static final String PREFIX = "millrace.edge.";

  private final MeterRegistry registry;

  private EdgeMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  static void bind(EdgeServer edge, MeterRegistry registry) {
    EdgeMeters meters = new EdgeMeters(registry);
    meters.gauge("connections", "Connections open now", edge, EdgeServer::openConnections);
    meters.gauge(
        "viewers",
        "Viewers that follow a stream of events now",
        edge.figures(),
        EdgeFigures::viewersNow);
    meters.gauge("cache.objects", "Resources stored", edge, EdgeServer::cachedObjects);
    meters.gauge("cache.bytes", "Bytes stored, about", edge, EdgeServer::cachedBytes);
    meters.connections(edge.figures());
    meters.cache(edge.cacheFigures());
    DiskStore disk = edge.disk();
    if (disk != null) {
      meters.disk(disk);
    }
    PurgeTopic purges = edge.purges();
    if (purges != null) {
      meters.gauge("purges", "Purges that count now", purges.table(), PurgeTable::size);
    }
  }

  private void connections(EdgeFigures figures) {
    count("connections.accepted", "Connections accepted", figures.connections);
    count(
        "connections.refused",
        "Connections turned away because there were too many",
        figures.connectionsRefused);
    count(
        "connections.closed.slow",
        "Connections closed because the client sent or read too slowly",
        figures.tooSlow);
    count("requests", "Requests whose head was understood", figures.requests);
    count(
        "requests.refused",
        "Requests refused as malformed, too large, too slow or not allowed",
        figures.refused);
    count("bytes.out", "Bytes given to sockets", figures.bytesSent);
    count("viewers.accepted", "Viewers that ever came", figures.viewers);
    count(
        "viewers.dropped",
        "Viewers dropped since they stayed behind too long",
        figures.viewersDropped);
    count(
        "events.delivered",
        "Events delivered to viewers, each viewer counted",
        figures.eventsDelivered);
    count(
        "events.skipped",
        "Events that viewers missed since they read too slowly",
        figures.eventsSkipped);
  }

  private void cache(CacheFigures figures) {
    lookups("hit", figures.hits);
    lookups("stale", figures.stale);
    lookups("miss", figures.misses);
    lookups("pass", figures.passed);
    count("cache.collapsed", "Misses that shared another one's fetch", figures.collapsed);
    count("cache.revalidated", "Stored responses confirmed by the origin", figures.revalidated);
    count("cache.stored", "Distinct resources that were stored", figures.objects);
    count("cache.evicted", "Stored responses pushed out for want of room", figures.evicted);
    count("cache.invalidated", "Resources invalidated by unsafe methods", figures.invalidated);
    count(
        "cache.waiters.refused",
        "Requests refused because too many waited for the same fetch",
        figures.refusedWaiting);
    count("origin.fetches", "Requests sent to origins", figures.originFetches);
    count("origin.failures", "Of these, the ones that failed", figures.originFailures);
    count("origin.bytes", "Bytes of bodies that came from origins", figures.originBytes);
  }

  private void disk(DiskStore disk) {
    gauge("cache.disk.objects", "Responses on disk", disk, DiskStore::objects);
    gauge("cache.disk.bytes", "Bytes of the disk tier's files", disk, DiskStore::bytes);
    gauge(
        "cache.disk.index.bytes",
        "Bytes of memory of the disk tier's index",
        disk,
        DiskStore::indexBytes);
    DiskFigures figures = disk.figures();
    diskLookups("hit", figures.hits);
    diskLookups("miss", figures.misses);
    count("cache.disk.written", "Responses written to disk", figures.written);
    count("cache.disk.written.bytes", "Bytes written, copies included", figures.bytesWritten);
    count("cache.disk.evicted", "Responses on disk given up for want of room", figures.evicted);
    count("cache.disk.kept", "Responses kept when their segment was reclaimed", figures.kept);
    count(
        "cache.disk.skipped",
        "Responses not written, since too much waited or the disk refuses",
        figures.skipped);
    count("cache.disk.write.failures", "Writes that the disk refused", figures.writeFailures);
    count("cache.disk.corrupt", "Responses found torn or changed on disk", figures.corrupt);
  }

  private void diskLookups(String result, LongAdder figure) {
    count(
        "cache.disk.lookups",
        "Lookups in the disk tier, for what memory had not",
        figure,
        Tags.of("result", result));
  }

  private void lookups(String result, LongAdder figure) {
    count(
        "cache.lookups",
        "How requests were answered: fresh or stale from the cache, or by the origin",
        figure,
        Tags.of("result", result));
  }

  private void count(String name, String description, LongAdder figure) {
    count(name, description, figure, Tags.empty());
  }

  private void count(String name, String description, LongAdder figure, Tags tags) {
    FunctionCounter.builder(PREFIX + name, figure, LongAdder::sum)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> figure) {
    Gauge.builder(PREFIX + name, of, figure).description(description).register(registry);
  }
}
