package io.millrace.log;

import io.millrace.core.Clock;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a store that force logs to disk. Logs that want a force queue here; while one is
 * being forced, appends to it gather, and its next force serves all of them: that is the group
 * commit.
 *
 * <p>One thread is always there; it also does what is due later, and writes the store's
 * checkpoints. While more logs wait than threads are free, up to {@value #MOST_HELPERS} others help
 * it: the disk takes several forces in hardly more time than one. They go when they have had
 * nothing to do for a while.
 *
 * <p>The lock here is taken once per force, not per append.
 */
final class CommitThreads {

  private static final Logger LOG = LoggerFactory.getLogger(CommitThreads.class);
  private static final int MOST_HELPERS = 3;
  private static final long HELPER_IDLE_NANOS = 10_000_000_000L;

  /** A log to force, or the checkpoints to write, not before a moment. */
  private record Later(long dueNanos, Runnable work) implements Comparable<Later> {
    @Override
    public int compareTo(Later other) {
      return Long.signum(dueNanos - other.dueNanos);
    }
  }

  private final Clock clock;
  private final String name;
  private final Thread first;
  private final Object lock = new Object();

  // Guarded by the lock.
  private final ArrayDeque<Runnable> now = new ArrayDeque<>();
  private final PriorityQueue<Later> later = new PriorityQueue<>();
  private final Set<Thread> helpers = new HashSet<>();
  private int idle;
  private boolean closed;

  CommitThreads(Clock clock, String name) {
    this.clock = clock;
    this.name = name;
    this.first = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(false));
    first.start();
  }

  /** Does the work as soon as a thread is free, after all that was given before has begun. */
  void execute(Runnable work) {
    synchronized (lock) {
      now.add(work);
      if (now.size() > idle && helpers.size() < MOST_HELPERS && !closed) {
        Thread helper = Thread.ofPlatform().daemon().name(name + "-helper").unstarted(this::help);
        helpers.add(helper);
        helper.start();
      } else {
        lock.notifyAll();
      }
    }
  }

  /** Does the work not before {@code delayNanos} from now. */
  void executeAfter(long delayNanos, Runnable work) {
    synchronized (lock) {
      later.add(new Later(clock.nanos() + delayNanos, work));
      lock.notifyAll();
    }
  }

  /** Ends the threads after the work that is due; work for later is dropped. */
  void close() {
    Set<Thread> all;
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
      all = new HashSet<>(helpers);
    }
    all.add(first);
    boolean interrupted = false;
    for (Thread thread : all) {
      while (thread.isAlive() && Thread.currentThread() != thread) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void help() {
    run(true);
  }

  private void run(boolean helper) {
    Runnable work = next(helper);
    while (work != null) {
      try {
        work.run();
      } catch (RuntimeException | Error e) {
        LOG.error("Forcing to disk failed", e);
      }
      work = next(helper);
    }
  }

  /** Waits for work; null at the end, and for a helper when there has been none for a while. */
  private @Nullable Runnable next(boolean helper) {
    long idleUntil = System.nanoTime() + HELPER_IDLE_NANOS;
    synchronized (lock) {
      while (true) {
        Runnable work = helper || closed ? now.poll() : dueOrNow();
        if (work != null) {
          return work;
        }
        long wait = helper ? idleUntil - System.nanoTime() : untilDue();
        if (closed || (helper && wait <= 0)) {
          helpers.remove(Thread.currentThread());
          return null;
        }
        idle++;
        try {
          lock.wait(1 + Math.max(0, wait) / 1_000_000);
        } catch (InterruptedException e) {
          LOG.warn("A thread that forces logs to disk was interrupted, and goes on");
        } finally {
          idle--;
        }
      }
    }
  }

  private @Nullable Runnable dueOrNow() {
    if (untilDue() <= 0) {
      return later.remove().work;
    }
    return now.poll();
  }

  private long untilDue() {
    Later due = later.peek();
    return due == null ? Long.MAX_VALUE : due.dueNanos - clock.nanos();
  }
}
