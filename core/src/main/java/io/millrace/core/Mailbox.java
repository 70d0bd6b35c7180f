package io.millrace.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of one piece of state: tasks given to it run one at a time, in the order in which they
 * were accepted, each seeing all that the former did. That is how a partition has one writer and a
 * coordinator one owner, without a lock and without a thread of its own.
 *
 * <p>An idle mailbox runs the task at once on the caller's thread: no queue, no wake-up, one
 * compare-and-set. A busy one queues it, and the thread that is inside runs it before leaving. So
 * {@link #execute} never blocks, and a task that calls {@code execute} on its own mailbox is run
 * after the present task, never inside it.
 *
 * <p>What waits here is bounded by whoever lets work in (the in-flight budget of the connections),
 * not by the mailbox. A task must not block; one that throws is logged and the next one runs.
 */
public final class Mailbox implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

  private final String name;
  private final AtomicInteger signals = new AtomicInteger();
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

  /** A mailbox with a name for the log, such as {@code orders-3}. */
  public Mailbox(String name) {
    this.name = name;
  }

  /** Runs the task now if nobody is inside and nothing waits, else after all that is queued. */
  @Override
  public void execute(Runnable task) {
    if (signals.compareAndSet(0, 1)) {
      // A task can be queued while nobody is inside, between its thread's offer and its signal.
      if (queue.isEmpty()) {
        run(task);
        if (signals.decrementAndGet() == 0) {
          return;
        }
      } else {
        queue.add(task);
      }
    } else {
      queue.add(task);
      if (signals.getAndIncrement() != 0) {
        return;
      }
    }
    drain();
  }

  /** Entered by the one thread that is inside; leaves when every signal has been answered. */
  private void drain() {
    int answered = signals.get();
    do {
      for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
        run(task);
      }
      answered = signals.addAndGet(-answered);
    } while (answered != 0);
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      // An error too: whoever is inside must come out again, or nobody ever comes in.
      LOG.error("A task of {} failed", name, e);
    }
  }

  @Override
  public String toString() {
    return "Mailbox[" + name + "]";
  }
}
