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
 * Keeps the logs within their limits: at each interval it goes over all partitions, one after the
 * other, on a thread of its own, and rolls, deletes, compacts and forgets what is due.
 */
final class Housekeeping implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final TopicRegistry topics;
  private final Controller controller;
  private final Timer timer;
  private final Duration interval;
  private final Semaphore due = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable Timeout next;

  Housekeeping(TopicRegistry topics, Controller controller, Timer timer, Duration interval) {
    this.topics = topics;
    this.controller = controller;
    this.timer = timer;
    this.interval = interval;
    thread = Thread.ofPlatform().daemon().name("broker-housekeeping").unstarted(this::run);
  }

  void start() {
    thread.start();
    schedule();
  }

  private void schedule() {
    next = timer.after(interval, due::release);
  }

  private void run() {
    try {
      while (!closed) {
        due.acquire();
        if (!closed) {
          cleanAll();
          schedule();
        }
      }
    } catch (InterruptedException e) {
      // Closed while waiting.
      Thread.currentThread().interrupt();
    }
  }

  private void cleanAll() {
    try {
      long freed = topics.clean();
      controller.clean();
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
    Timeout waiting = next;
    if (waiting != null) {
      waiting.cancel();
    }
    topics.stopCleaning();
    due.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
