package io.millrace.broker;

import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when a test says so; timers run on the thread that lets it pass. */
public final class VirtualTime implements Clock, Timer {

  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
  private long nanos;
  private long number;

  private record Task(long due, long number, Runnable work) {}

  @Override
  public synchronized long millis() {
    return EPOCH_MILLIS + nanos / 1_000_000;
  }

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized Timeout after(Duration delay, Runnable work) {
    Task task = new Task(nanos + delay.toNanos(), number++, work);
    tasks.add(task);
    return () -> {
      synchronized (this) {
        return tasks.remove(task);
      }
    };
  }

  /** Lets time pass, and runs what is due, each at its time. */
  public void pass(Duration time) {
    long until = nanos() + time.toNanos();
    while (true) {
      Task next;
      synchronized (this) {
        next = tasks.peek();
        if (next == null || next.due > until) {
          nanos = until;
          return;
        }
        tasks.remove();
        nanos = Math.max(nanos, next.due);
      }
      next.work.run();
    }
  }
}
