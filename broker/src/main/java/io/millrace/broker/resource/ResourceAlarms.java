package io.millrace.broker.resource;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.core.Timer;
import io.millrace.core.Timer.Timeout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether memory or disk run out. While an alarm is raised those who publish, by any protocol, are
 * kept waiting; those who consume go on, and thereby end it.
 *
 * <p>Memory is what messages take that wait in queues. The disk is looked at each second, on the
 * timer's thread, as long as there is a limit. Any thread; asking costs two reads.
 */
public final class ResourceAlarms implements AutoCloseable, MeterBinder {

  private static final Logger LOG = LoggerFactory.getLogger(ResourceAlarms.class);

  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  private final FreeSpace disk;
  private final Timer timer;
  private @Nullable Timeout nextCheck;
  private boolean closed;
  private final AtomicLong messageBytes = new AtomicLong();
  private final LongAdder raised = new LongAdder();
  private volatile long memoryLimit = Long.MAX_VALUE;
  private volatile long diskFreeLimit;
  private volatile long diskFree = Long.MAX_VALUE;
  private volatile boolean diskLow;

  /** How much room is left. */
  @FunctionalInterface
  public interface FreeSpace {
    /** In bytes. */
    long bytes() throws IOException;

    /** Of the disk that a folder is on. */
    static FreeSpace of(Path folder) {
      return () -> Files.getFileStore(folder).getUsableSpace();
    }
  }

  /**
   * Without limits yet.
   *
   * @param timer stays the caller's
   */
  public ResourceAlarms(FreeSpace disk, Timer timer) {
    this.disk = disk;
    this.timer = timer;
  }

  // ---- limits ----

  /**
   * Messages may take that many bytes of memory.
   *
   * @param bytes 1 at least
   */
  public void limitMemory(long bytes) {
    memoryLimit = bytes;
  }

  /**
   * That many bytes of the disk are to stay free; counts at once.
   *
   * @param bytes 0 for no limit
   */
  public synchronized void limitDiskFree(long bytes) {
    diskFreeLimit = bytes;
    if (nextCheck != null) {
      boolean unused = nextCheck.cancel();
      nextCheck = null;
    }
    checkDisk();
  }

  /** Most bytes of memory that messages may take. */
  public long memoryLimit() {
    return memoryLimit;
  }

  /** The bytes of the disk that are to stay free. */
  public long diskFreeLimit() {
    return diskFreeLimit;
  }

  // ---- figures ----

  /** Messages take so many bytes more of memory, or less. */
  public void messageBytesChanged(long bytes) {
    long unused = messageBytes.addAndGet(bytes);
  }

  /** What messages that wait take of memory, roughly. */
  public long messageBytes() {
    return messageBytes.get();
  }

  /** The bytes of the disk that were free when it was looked at last. */
  public long diskFree() {
    return diskFree;
  }

  /** Looks how much of the disk is free, and does so again after a while. */
  private synchronized void checkDisk() {
    if (closed) {
      return;
    }
    if (diskFreeLimit > 0) {
      // The timer's thread is everybody's, and a disk may take its time to answer.
      nextCheck = timer.after(CHECK_INTERVAL, () -> Thread.ofVirtual().start(this::checkDisk));
    }
    look();
  }

  private void look() {
    try {
      diskFree = disk.bytes();
    } catch (IOException e) {
      LOG.warn("How much of the disk is free cannot be found out: {}", e.getMessage());
      return;
    }
    boolean low = diskFree < diskFreeLimit;
    if (low && !diskLow) {
      raised.increment();
      LOG.warn(
          "The disk has {} bytes left, less than resources.disk-free-limit ({}): publishers wait",
          diskFree,
          diskFreeLimit);
    } else if (!low && diskLow) {
      LOG.info("The disk has {} bytes left again: publishers go on", diskFree);
    }
    diskLow = low;
  }

  // ---- alarms ----

  /** Whether messages take more memory than they may. */
  public boolean isMemoryFull() {
    return messageBytes.get() > memoryLimit;
  }

  /** Whether less of the disk is free than has to be. */
  public boolean isDiskLow() {
    return diskLow;
  }

  /** Whether any alarm is raised: publishers are to wait. */
  public boolean isRaised() {
    return diskLow || isMemoryFull();
  }

  /** How often the disk ran low. */
  public long diskAlarms() {
    return raised.sum();
  }

  /** What there is too little of, as RabbitMQ's {@code connection.blocked} says it. */
  public String reason() {
    boolean memory = isMemoryFull();
    if (memory && diskLow) {
      return "low on memory & disk";
    }
    return diskLow ? "low on disk" : "low on memory";
  }

  /** Publishes the figures, under names that begin with {@code millrace.resource}. */
  @Override
  public void bindTo(MeterRegistry registry) {
    String prefix = "millrace.resource.";
    Gauge.builder(prefix + "messages.bytes", this, ResourceAlarms::messageBytes).register(registry);
    Gauge.builder(prefix + "messages.limit.bytes", this, ResourceAlarms::memoryLimit)
        .register(registry);
    Gauge.builder(prefix + "memory.alarm", this, each -> each.isMemoryFull() ? 1 : 0)
        .register(registry);
    Gauge.builder(prefix + "disk.free.bytes", this, ResourceAlarms::diskFree).register(registry);
    Gauge.builder(prefix + "disk.free.limit.bytes", this, ResourceAlarms::diskFreeLimit)
        .register(registry);
    Gauge.builder(prefix + "disk.alarm", this, each -> each.isDiskLow() ? 1 : 0).register(registry);
    FunctionCounter.builder(prefix + "disk.alarms", this, ResourceAlarms::diskAlarms)
        .register(registry);
  }

  /** Looks no more. */
  @Override
  public synchronized void close() {
    closed = true;
    if (nextCheck != null) {
      boolean unused = nextCheck.cancel();
    }
  }
}
