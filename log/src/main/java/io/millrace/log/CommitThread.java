package io.millrace.log;

import io.millrace.core.Clock;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a store that forces logs to disk. Logs that want a force queue here; while one
 * is being forced, appends to the others and to itself gather, and the next force of each log
 * serves all of its own: that is the group commit.
 *
 * <p>It also writes the store's checkpoints. The lock here is taken once per force, not per append.
 */
final class CommitThread {

  private static final Logger LOG = LoggerFactory.getLogger(CommitThread.class);

  /** A log to force, or the checkpoints to write, not before a moment. */
  private record Later(long dueNanos, Runnable work) implements Comparable<Later> {
    @Override
    public int compareTo(Later other) {
      return Long.signum(dueNanos - other.dueNanos);
    }
  }

  private final Clock clock;
  private final Thread thread;
  private final Object lock = new Object();
  private final ArrayDeque<Runnable> now = new ArrayDeque<>();
  private final PriorityQueue<Later> later = new PriorityQueue<>();
  private boolean closed;

  CommitThread(Clock clock, String name) {
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    thread.start();
  }

  /** Does the work as soon as the work before it is done. */
  void execute(Runnable work) {
    synchronized (lock) {
      now.add(work);
      lock.notifyAll();
    }
  }

  /** Does the work not before {@code delayNanos} from now. */
  void executeAfter(long delayNanos, Runnable work) {
    synchronized (lock) {
      later.add(new Later(clock.nanos() + delayNanos, work));
      lock.notifyAll();
    }
  }

  /** Ends the thread after the work that is due; work for later is dropped. */
  void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Runnable work = next();
    while (work != null) {
      try {
        work.run();
      } catch (RuntimeException | Error e) {
        LOG.error("Forcing to disk failed", e);
      }
      work = next();
    }
  }

  /** Waits for work; null at the end. */
  private @Nullable Runnable next() {
    synchronized (lock) {
      while (true) {
        Later first = later.peek();
        long wait = first == null ? Long.MAX_VALUE : first.dueNanos - clock.nanos();
        if (first != null && wait <= 0 && !closed) {
          later.remove();
          return first.work;
        }
        Runnable work = now.poll();
        if (work != null) {
          return work;
        }
        if (closed) {
          return null;
        }
        try {
          if (first == null) {
            lock.wait();
          } else {
            lock.wait(1 + wait / 1_000_000);
          }
        } catch (InterruptedException e) {
          LOG.warn("The thread that forces logs to disk was interrupted, and goes on");
        }
      }
    }
  }
}
