package io.millrace.console.metrics;

import io.millrace.console.api.ProcessFigures;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * The process and its Java machine, under the names that Prometheus' own client libraries use, so
 * that existing dashboards show them.
 */
final class ProcessCollector implements MultiCollector {

  private final long startMillis;

  ProcessCollector(long startMillis) {
    this.startMillis = startMillis;
  }

  @Override
  public MetricSnapshots collect() {
    ProcessFigures now = ProcessFigures.now();
    Families families = new Families();
    families.gauge(
        "process_start_time_seconds", "Start, since the Unix epoch", startMillis / 1000.0);
    families.counter(
        "process_cpu_seconds", "Processor time used, over all cores", now.cpuNanos() / 1e9);
    if (now.residentBytes() >= 0) {
      families.gauge("process_resident_memory_bytes", "Pages in memory", now.residentBytes());
    }
    if (now.openFiles() >= 0) {
      families.gauge("process_open_fds", "Open file descriptors", now.openFiles());
    }
    String used = "Memory in use";
    families.gauge("jvm_memory_used_bytes", used, now.heapUsedBytes(), "area", "heap");
    families.gauge("jvm_memory_used_bytes", used, now.nonHeapUsedBytes(), "area", "nonheap");
    families.gauge(
        "jvm_memory_committed_bytes",
        "Memory taken from the system",
        now.heapCommittedBytes(),
        "area",
        "heap");
    families.gauge("jvm_memory_max_bytes", "Memory at most", now.heapMaxBytes(), "area", "heap");
    families.gauge(
        "jvm_buffer_pool_used_bytes",
        "Memory of buffers outside the heap",
        now.directBytes(),
        "pool",
        "direct");
    families.gauge("jvm_threads_current", "Platform threads", now.threads());
    families.counter("jvm_gc_collections", "Garbage collections", now.collections());
    families.counter(
        "jvm_gc_collection_seconds",
        "Time spent in garbage collections",
        now.collectionMillis() / 1000.0);
    return families.build();
  }
}
