package io.millrace.streams.plan;

/** How long rows of a join wait for partners. */
public sealed interface JoinTime {

  /** For ever: every row is joined with all of the other input, whenever they come. */
  record Unbounded() implements JoinTime {}

  /**
   * Rows whose times are near each other: left time - right time lies from lower to upper, in
   * milliseconds, both included.
   */
  record Interval(int leftTime, int rightTime, long lower, long upper) implements JoinTime {}

  /** Rows of the same window; the columns are the last instants of the windows. */
  record Window(int leftTime, int rightTime) implements JoinTime {}

  /** The right row of the key as it was at the left row's time. */
  record AsOf(int leftTime, int rightTime) implements JoinTime {}
}
