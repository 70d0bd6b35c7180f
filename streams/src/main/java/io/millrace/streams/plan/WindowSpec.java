package io.millrace.streams.plan;

import java.time.Duration;

/**
 * Windows of event time, all half-open [start, end) and aligned to 1970-01-01 00:00:00 plus an
 * offset, in local time of the job's zone for a TIMESTAMP_LTZ.
 */
public sealed interface WindowSpec {

  /** The length of a window; a positive number of milliseconds. */
  Duration size();

  /** How far the alignment is shifted; may be negative, its amount below the slide. */
  Duration offset();

  /** The distance between the starts of neighbouring windows. */
  Duration slide();

  /** Windows side by side: every time is in exactly one. */
  record Tumble(Duration size, Duration offset) implements WindowSpec {

    @Override
    public Duration slide() {
      return size;
    }
  }

  /**
   * Windows that overlap: every time is in size / slide of them. The size is a whole multiple of
   * the slide, so that the slices of length slide can be shared.
   */
  record Hop(Duration size, Duration slide, Duration offset) implements WindowSpec {}
}
