package io.millrace.broker;

import io.millrace.broker.metadata.Controller;
import io.millrace.broker.topic.TopicRegistry;
import io.millrace.core.Timer;
import io.millrace.core.Timer.Timeout;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the logs within their limits: on a thread of its own it goes over the partitions, one after
 * the other, and rolls, deletes, compacts and forgets what is due. All of them at each interval;
 * those of compacted topics more often, since a round of compaction takes several visits.
 */
final class Housekeeping implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final TopicRegistry topics;
  private final Controller controller;
  private final Timer timer;
  private final Duration interval;
  private volatile Duration compactionInterval;
  private final Semaphore due = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean allAreDue;
  private volatile @Nullable Timeout nextOfAll;
  private volatile @Nullable Timeout nextOfCompacted;

  Housekeeping(
      TopicRegistry topics,
      Controller controller,
      Timer timer,
      Duration interval,
      Duration compactionInterval) {
    this.topics = topics;
    this.controller = controller;
    this.timer = timer;
    this.interval = interval;
    this.compactionInterval = compactionInterval;
    thread = Thread.ofPlatform().daemon().name("broker-housekeeping").unstarted(this::run);
  }

  void start() {
    thread.start();
    scheduleAll();
    scheduleCompacted();
  }

  /** Another time between looks for logs to compact, which begins now. */
  void lookForCompactionEvery(Duration changed) {
    if (!changed.equals(compactionInterval)) {
      compactionInterval = changed;
      due.release();
    }
  }

  private void scheduleAll() {
    nextOfAll =
        timer.after(
            interval,
            () -> {
              allAreDue = true;
              due.release();
            });
  }

  private void scheduleCompacted() {
    nextOfCompacted = timer.after(compactionInterval, due::release);
  }

  private void run() {
    try {
      while (!closed) {
        due.acquire();
        due.drainPermits();
        boolean all = allAreDue;
        allAreDue = false;
        if (!closed) {
          clean(all);
          if (all) {
            scheduleAll();
          }
          cancel(nextOfCompacted);
          scheduleCompacted();
        }
      }
    } catch (InterruptedException e) {
      // Closed while waiting.
      Thread.currentThread().interrupt();
    }
  }

  private void clean(boolean all) {
    try {
      long freed = topics.clean(all);
      if (all) {
        controller.clean();
      }
      if (freed > 0) {
        LOG.info("Housekeeping set {} bytes free", freed);
      }
    } catch (RuntimeException e) {
      LOG.error("A round of housekeeping failed; the next one tries again", e);
    }
  }

  /** Ends the thread after the partition that it is at. */
  @Override
  public void close() {
    closed = true;
    cancel(nextOfAll);
    cancel(nextOfCompacted);
    topics.stopCleaning();
    due.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void cancel(@Nullable Timeout waiting) {
    if (waiting != null) {
      waiting.cancel();
    }
  }
}
