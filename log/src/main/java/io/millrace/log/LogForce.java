package io.millrace.log;

import io.millrace.log.LogException.Reason;
import io.millrace.log.PartitionLog.DurabilityListener;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One log's way to the disk: up to where it is forced, who waits, and whether it failed.
 *
 * <p>States: writable → failed. A failed force leaves unknown which pages are on disk, and the
 * kernel may have dropped the dirty ones: so nothing more is appended until the log is opened anew,
 * when the scan tells what is there.
 */
final class LogForce {

  private final SegmentedLog log;
  private final FolderStore store;
  private final Object forcing = new Object();
  private final CommitQueue waiters = new CommitQueue();
  private final AtomicBoolean requested = new AtomicBoolean();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  private volatile long forcedOffset;
  private volatile @Nullable LogException failure;
  private volatile boolean directoryChanged;

  /** Counts truncations: what a force that runs across one has done says nothing about the end. */
  private long truncations;

  /**
   * @param forcedOffset all before it is on disk
   * @param directoryChanged whether files may have come that the directory was not forced with
   */
  LogForce(SegmentedLog log, FolderStore store, long forcedOffset, boolean directoryChanged) {
    this.log = log;
    this.store = store;
    this.forcedOffset = forcedOffset;
    this.directoryChanged = directoryChanged;
  }

  /** All records before it are on disk. */
  long forcedOffset() {
    return forcedOffset;
  }

  void ensureWritable() {
    LogException failed = failure;
    if (failed != null) {
      throw new LogException(
          Reason.STORAGE,
          log + " takes no appends until it is opened anew: " + failed.getMessage());
    }
  }

  /** The writer has appended; the durability says when that is forced without being asked. */
  void appended(LogConfig config) {
    if (config.durability() != Durability.OS && !scheduled.get() && !scheduled.getAndSet(true)) {
      store.commits().executeAfter(config.flushInterval().toNanos(), this::force);
    }
  }

  /**
   * Tells when all before an offset is durable.
   *
   * @param ask whether to ask for a force; else the next one that another asks for, or that is due
   *     by the flush interval, has to do
   */
  void whenDurable(long offset, Durability durability, boolean ask, DurabilityListener then) {
    LogException failed = failure;
    if (failed != null) {
      CommitQueue.tell(then, failed);
    } else if (durability != Durability.COMMIT || offset <= forcedOffset) {
      CommitQueue.tell(then, null);
    } else {
      waiters.add(offset, then);
      if (ask) {
        request();
      }
      // A force that failed since the check above may have missed this one.
      failed = failure;
      if (failed != null) {
        waiters.failAfter(-1, failed);
      }
    }
  }

  /** Has the log forced soon. */
  void request() {
    if (!requested.getAndSet(true)) {
      store.commits().execute(this::force);
    }
  }

  /** Files have come or gone: the next force includes the directory. */
  void directoryChanged() {
    directoryChanged = true;
  }

  /** The lock that is held while the log is forced. */
  Object forcing() {
    return forcing;
  }

  /** The writer is about to cut the log off. */
  synchronized void truncated(long offset) {
    truncations++;
    forcedOffset = Math.min(forcedOffset, offset);
    waiters.failAfter(
        offset, new LogException(Reason.STORAGE, log + " was cut off at offset " + offset));
  }

  /** Ends appending. */
  LogException fail(LogException cause) {
    failure = cause;
    waiters.failAfter(-1, cause);
    return cause;
  }

  /** Forces what is there, and answers those who wait for it. On one of the commit threads. */
  private void force() {
    // A force that succeeds after one that failed says nothing, so none begins before that is seen.
    synchronized (forcing) {
      requested.set(false);
      scheduled.set(false);
      if (failure != null) {
        return;
      }
      try {
        forceSegments(false);
      } catch (IOException e) {
        fail(log.storage("cannot be forced to disk", e));
      } catch (LogException e) {
        fail(e);
      } catch (RuntimeException | Error e) {
        // Whatever it is: nobody may wait for ever for a force that was given up.
        fail(new LogException(Reason.STORAGE, log + " cannot be forced to disk: " + e, e));
      }
    }
  }

  /** Forces everything at the end; false when the log has failed before. */
  boolean flushForClose() throws IOException {
    synchronized (forcing) {
      if (failure != null) {
        return false;
      }
      forceSegments(true);
      return true;
    }
  }

  private void forceSegments(boolean closing) throws IOException {
    long before;
    synchronized (this) {
      before = truncations;
    }
    long end = log.endOffset();
    Segment[] segments = log.segments();
    long from = forcedOffset;
    if (directoryChanged) {
      directoryChanged = false;
      store.forceFolder();
      store.disk().forceDirectory(log.folder());
    }
    // From the segment that holds the last forced record: it may have been closed since, and then
    // its indexes are still to be forced.
    for (int i = Math.max(0, LogReader.floor(segments, from - 1)); i < segments.length; i++) {
      Segment segment = segments[i];
      if (segment.acquire()) {
        try {
          segment.force(closing || i + 1 < segments.length);
        } finally {
          segment.release();
        }
      }
    }
    log.epochs().persist();
    synchronized (this) {
      if (truncations == before && end > forcedOffset) {
        forcedOffset = end;
        store.checkpointSoon();
      }
    }
    waiters.completeTo(Math.min(end, forcedOffset));
  }
}
