package io.millrace.console.api;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What this process uses of the machine, at one moment.
 *
 * @param heapUsedBytes live and dead objects
 * @param heapCommittedBytes what the heap has of the system
 * @param heapMaxBytes what it may grow to
 * @param nonHeapUsedBytes classes and compiled code
 * @param directBytes buffers outside the heap, mapped files not included
 * @param residentBytes pages in memory, shared ones included; -1 where the system does not tell
 * @param cpuNanos processor time used since the start, over all cores
 * @param threads platform threads
 * @param openFiles file descriptors; -1 where the system does not tell
 * @param collections garbage collections since the start
 * @param collectionMillis time spent in them
 */
public record ProcessFigures(
    long heapUsedBytes,
    long heapCommittedBytes,
    long heapMaxBytes,
    long nonHeapUsedBytes,
    long directBytes,
    long residentBytes,
    long cpuNanos,
    int threads,
    long openFiles,
    long collections,
    long collectionMillis) {

  private static final Path STATUS = Path.of("/proc/self/status");

  /** The figures of now. */
  public static ProcessFigures now() {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    long collections = 0;
    long collectionMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
      collectionMillis += Math.max(0, collector.getCollectionTime());
    }
    var system = ManagementFactory.getOperatingSystemMXBean();
    return new ProcessFigures(
        heap.getUsed(),
        heap.getCommitted(),
        heap.getMax(),
        ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed(),
        direct(),
        resident(),
        system instanceof OperatingSystemMXBean os ? os.getProcessCpuTime() : -1,
        ManagementFactory.getThreadMXBean().getThreadCount(),
        system instanceof UnixOperatingSystemMXBean unix ? unix.getOpenFileDescriptorCount() : -1,
        collections,
        collectionMillis);
  }

  private static long direct() {
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("direct")) {
        return pool.getMemoryUsed();
      }
    }
    return 0;
  }

  /** Linux's {@code VmRSS}, in kB (proc_pid_status(5)). */
  private static long resident() {
    try {
      List<String> lines = Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1);
      for (String line : lines) {
        if (line.startsWith("VmRSS:")) {
          String number = line.substring("VmRSS:".length()).replace("kB", "").strip();
          return Long.parseLong(number) * 1024;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
    return -1;
  }
}
