package io.millrace.streams.plan;

import java.time.Duration;

/**
 * Windows of event time, all half-open [start, end), in local time of the job's zone for a
 * TIMESTAMP_LTZ. All but sessions are aligned to 1970-01-01 00:00:00 plus an offset.
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

  /**
   * Windows with one start that grow by a step up to a size, then start anew: every time is in up
   * to size / step of them. The size is a whole multiple of the step.
   */
  record Cumulate(Duration size, Duration step, Duration offset) implements WindowSpec {

    @Override
    public Duration slide() {
      return step;
    }
  }

  /**
   * Windows that last while rows of one key come no further apart than a gap: from the first row's
   * time to the gap after the last row's. Its {@link #size()} and {@link #slide()} are the gap.
   */
  record Session(Duration gap) implements WindowSpec {

    @Override
    public Duration size() {
      return gap;
    }

    @Override
    public Duration slide() {
      return gap;
    }

    @Override
    public Duration offset() {
      return Duration.ZERO;
    }
  }

  /**
   * The windows that a step below has put the rows in. The time column is the last instant of the
   * row's window; start and end are among the keys.
   */
  record Attached() implements WindowSpec {

    private static final Duration INSTANT = Duration.ofMillis(1);

    @Override
    public Duration size() {
      return INSTANT;
    }

    @Override
    public Duration slide() {
      return INSTANT;
    }

    @Override
    public Duration offset() {
      return Duration.ZERO;
    }
  }
}
