package io.millrace.cdn.store;

import io.millrace.core.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for the disk, and the one thread that writes it, in the order in which it came. Any
 * thread may add to it, and none waits.
 *
 * <p>A disk that refuses a write is left alone for a while, then tried again. The journal is
 * flushed whenever nothing waits, and forced about once a second.
 */
final class WriteQueue {

  private static final Logger LOG = LoggerFactory.getLogger(WriteQueue.class);
  private static final long MOST_BYTES_WAITING = 64L << 20;
  private static final Duration REFUSED_PAUSE = Duration.ofSeconds(30);
  private static final Duration FORCE_INTERVAL = Duration.ofSeconds(1);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(30);

  /** Something for the thread to do. */
  interface Write {
    void run(DiskWriter writer) throws IOException;
  }

  private final DiskWriter writer;
  private final IndexJournal journal;
  private final DiskIndex index;
  private final Path folder;
  private final DiskFigures figures;
  private final Clock clock;
  private final LinkedBlockingQueue<Write> writes = new LinkedBlockingQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong clears = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean refusing;
  private volatile long refusedNanos;

  /**
   * Starts the thread.
   *
   * @param index that the journal is shrunk to
   * @param folder for messages
   */
  WriteQueue(
      DiskWriter writer,
      IndexJournal journal,
      DiskIndex index,
      Path folder,
      DiskFigures figures,
      Clock clock) {
    this.writer = writer;
    this.journal = journal;
    this.index = index;
    this.folder = folder;
    this.figures = figures;
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("edge-disk-write").start(this::run);
  }

  /** Adds what must not be left out, whatever waits. */
  void add(Write write) {
    writes.add(write);
  }

  /**
   * Adds what may be left out: when too many bytes wait, when the disk refuses, or when everything
   * was cleared before its turn came.
   *
   * @param bytes of memory that it holds while it waits
   */
  void offer(long bytes, Write write) {
    if (waitingBytes.get() + bytes > MOST_BYTES_WAITING) {
      figures.skipped.increment();
      return;
    }
    waitingBytes.addAndGet(bytes);
    long era = clears.get();
    writes.add(
        to -> {
          waitingBytes.addAndGet(-bytes);
          if (isRefusing() || era != clears.get()) {
            figures.skipped.increment();
          } else {
            write.run(to);
          }
        });
  }

  /** From now on what was {@link #offer}ed before is left out. */
  void clearOffered() {
    clears.incrementAndGet();
  }

  /** How many writes wait. */
  int size() {
    return writes.size();
  }

  /** Whether nothing waits, though the last write may be under way. */
  boolean isEmpty() {
    return writes.isEmpty() && waitingBytes.get() == 0;
  }

  /** Whether the disk is being left alone. */
  boolean isRefusing() {
    return refusing && clock.nanos() - refusedNanos < REFUSED_PAUSE.toNanos();
  }

  /** The disk has refused something. */
  void refused(IOException e) {
    figures.writeFailures.increment();
    refusedNanos = clock.nanos();
    if (!refusing) {
      refusing = true;
      LOG.warn(
          "The disk cache in {} takes no writes for now, and serves what it has: {}. It is tried"
              + " again every {} s",
          folder,
          e.getMessage(),
          REFUSED_PAUSE.toSeconds());
    }
  }

  private void run() {
    long forcedNanos = clock.nanos();
    while (!closed || !writes.isEmpty()) {
      try {
        Write next = writes.poll(1, TimeUnit.SECONDS);
        if (next != null) {
          next.run(writer);
        }
        if (writes.isEmpty()) {
          journal.flush();
        }
        if (clock.nanos() - forcedNanos > FORCE_INTERVAL.toNanos()) {
          journal.shrink(index);
          journal.force();
          forcedNanos = clock.nanos();
        }
        if (next != null && refusing && !isRefusing()) {
          refusing = false;
          LOG.info("The disk cache in {} takes writes again", folder);
        }
      } catch (IOException e) {
        refused(e);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("A write to the disk cache in {} failed", folder, e);
      }
    }
  }

  /** The thread ends once it has written what waits. */
  void shutdown() {
    closed = true;
    add(to -> {}); // wakes the thread
  }

  /** Waits for the thread's end, for at most half a minute. */
  void awaitEnd() throws InterruptedException {
    thread.join(LONGEST_CLOSE);
  }
}
