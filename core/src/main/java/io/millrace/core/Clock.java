package io.millrace.core;

/**
 * The source of time. Passed through constructors, so that a test or the simulator can own it. Any
 * thread may call it.
 */
public interface Clock {

  /** Wall-clock time in milliseconds since the Unix epoch. May jump in either direction. */
  long millis();

  /** Monotonic time in nanoseconds from an arbitrary origin. For measuring intervals only. */
  long nanos();

  /** The machine's own clock. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
