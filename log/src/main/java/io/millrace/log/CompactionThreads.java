package io.millrace.log;

import io.millrace.core.Clock;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that compact a store's logs, and the limits that they share; any thread. They are
 * there only while they have work. The queue is bounded by the logs: each has one round at a time.
 */
final class CompactionThreads {

  private final IoThrottle throttle;
  private final ThreadPoolExecutor threads;
  private volatile CompactionLimits limits;

  CompactionThreads(Clock clock, CompactionLimits limits) {
    this.limits = limits;
    this.throttle = new IoThrottle(clock, limits.bytesPerSecond());
    this.threads =
        new ThreadPoolExecutor(
            limits.threads(),
            limits.threads(),
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("log-compaction").factory());
    threads.allowCoreThreadTimeOut(true);
  }

  Future<?> submit(Runnable round) {
    return threads.submit(round);
  }

  CompactionLimits limits() {
    return limits;
  }

  /** Holds reading and writing of all rounds together to the limit. */
  IoThrottle throttle() {
    return throttle;
  }

  /** Changes the limits; rounds under way keep the memory that they have. */
  synchronized void limit(CompactionLimits changed) {
    limits = changed;
    throttle.limit(changed.bytesPerSecond());
    // In an order in which the one never passes the other.
    if (changed.threads() > threads.getMaximumPoolSize()) {
      threads.setMaximumPoolSize(changed.threads());
      threads.setCorePoolSize(changed.threads());
    } else {
      threads.setCorePoolSize(changed.threads());
      threads.setMaximumPoolSize(changed.threads());
    }
  }

  /** Takes no more rounds; the logs end their own. */
  void close() {
    threads.shutdown();
  }
}
