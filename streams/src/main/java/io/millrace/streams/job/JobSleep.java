package io.millrace.streams.job;

import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where a job's thread sleeps, and how it is woken. A call that comes while it is awake keeps it
 * from sleeping the next time, so none is lost.
 */
final class JobSleep {

  private final Clock clock;
  private final Timer timer;
  private volatile boolean woken;
  private volatile @Nullable Thread sleeper;
  private volatile boolean cancelled;

  // The timer that is set, so that short sleeps one after another share it.
  private Timer.@Nullable Timeout timeout;
  private long timeoutNanos;

  JobSleep(Clock clock, Timer timer) {
    this.clock = clock;
    this.timer = timer;
  }

  /** Thrown into the job's own thread when the job is cancelled. */
  static final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CancelledException() {
      super("cancelled", null, false, false);
    }
  }

  /** Ends the sleep, or the next one. Any thread. */
  void wake() {
    woken = true;
    Thread thread = sleeper;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Lets {@link #checkCancelled} throw from now on. Any thread. */
  void cancel() {
    cancelled = true;
    wake();
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Throws when the job is cancelled. */
  void checkCancelled() {
    if (cancelled) {
      throw new CancelledException();
    }
  }

  /**
   * Sleeps until woken, or for that long; may return early.
   *
   * @param nanos {@link Long#MAX_VALUE} to wait for a call only
   */
  void sleep(long nanos) {
    if (nanos != Long.MAX_VALUE) {
      setTimer(nanos);
    }
    sleeper = Thread.currentThread();
    while (!woken) {
      LockSupport.park(this);
    }
    sleeper = null;
    woken = false;
  }

  private void setTimer(long nanos) {
    long due = clock.nanos() + nanos;
    Timer.Timeout set = timeout;
    if (set != null) {
      if (timeoutNanos - due <= 0 && timeoutNanos - clock.nanos() > 0) {
        return;
      }
      set.cancel();
    }
    timeoutNanos = due;
    timeout = timer.after(Duration.ofNanos(nanos), this::wake);
  }

  /** Drops the timer. */
  void close() {
    Timer.Timeout set = timeout;
    if (set != null) {
      set.cancel();
    }
  }
}
