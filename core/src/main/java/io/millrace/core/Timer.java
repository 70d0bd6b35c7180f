package io.millrace.core;

import java.time.Duration;

/**
 * Runs tasks after a delay. Passed through constructors, so that a test or the simulator can own
 * time. Any thread may call it; tasks run on the timer's own thread and must hand real work over to
 * the {@link Mailbox} that owns the state they touch.
 */
public interface Timer {

  /** Runs the task once, not earlier than {@code delay} from now. */
  Timeout after(Duration delay, Runnable task);

  /** A task that waits. */
  interface Timeout {

    /**
     * Keeps the task from running, unless it already started.
     *
     * @return true when the task will not run
     */
    boolean cancel();
  }
}
