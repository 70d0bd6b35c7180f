package io.millrace.streams.plan;

/** A fact of a window that can be put out beside keys and aggregates. */
public enum WindowProperty {
  /** First instant of the window, as local time in the job's zone: TIMESTAMP(3) NOT NULL. */
  WINDOW_START,
  /** First instant after the window, as local time in the zone: TIMESTAMP(3) NOT NULL. */
  WINDOW_END,
  /** The last instant in the window (end - 1 ms), of the time column's own type. */
  WINDOW_TIME
}
