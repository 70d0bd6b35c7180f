package io.millrace.streams.operator;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.WindowSpec;
import io.millrace.streams.row.LocalTimes;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * Where windows lie, and when they are complete. Windows are aligned in local time; for a
 * TIMESTAMP_LTZ that is the clock of the session's zone, so a day has 23 to 25 hours and is still
 * one window. Immutable.
 *
 * <p>Time is cut into slices as long as the slide; a window is some neighbouring slices: {@code
 * size / slide} of them, or for cumulating windows all since the common start. Slices and windows
 * are named by their end.
 */
final class WindowAlignment {

  private final long size;
  private final long slide;
  private final long offset;
  private final boolean cumulating;
  private final @Nullable LocalTimes zone;

  WindowAlignment(WindowSpec window, DataType timeType, ZoneId zone) {
    size = window.size().toMillis();
    slide = window.slide().toMillis();
    offset = window.offset().toMillis();
    cumulating = window instanceof WindowSpec.Cumulate;
    this.zone = timeType.kind() == DataType.Kind.TIMESTAMP_LTZ ? new LocalTimes(zone) : null;
  }

  /** Whether a window is one slice. */
  boolean isTumbling() {
    return size == slide;
  }

  /** The first instant of the window of that end. */
  long start(long windowEnd) {
    return cumulating
        ? Math.floorDiv(windowEnd - 1 - offset, size) * size + offset
        : windowEnd - size;
  }

  /** The end of the last slice that no window after the one of that end is made of. */
  long doneWith(long windowEnd) {
    return cumulating
        ? Math.floorDiv(windowEnd - offset, size) * size + offset
        : windowEnd - size + slide;
  }

  long slide() {
    return slide;
  }

  /** A time by the clock that windows are aligned to. */
  long local(long time) {
    return zone == null ? time : zone.toLocal(time);
  }

  /** The end of the slice that a time lies in. */
  long sliceEnd(long time) {
    long local = local(time);
    return Math.floorDiv(local - offset, slide) * slide + offset + slide;
  }

  /** The end of the last window that a slice is part of. */
  long lastWindowEnd(long sliceEnd) {
    return cumulating ? start(sliceEnd) + size : sliceEnd + size - slide;
  }

  /**
   * The end of the last window that a watermark completes: rows at or before the watermark are no
   * longer expected.
   */
  long completeThrough(long watermark) {
    if (watermark == Stage.NO_WATERMARK || watermark == Stage.END_OF_TIME) {
      return watermark;
    }
    // The window that holds the next possible row ends after this; clocks set back may delay it.
    long end = sliceEnd(watermark + 1) - slide;
    while (instantPast(end) - 1 > watermark) {
      end -= slide;
    }
    while (instantPast(end + slide) - 1 <= watermark) {
      end += slide;
    }
    return end;
  }

  /** The last time in the window, of the time column's own type. */
  long windowTime(long windowEnd) {
    return instantPast(windowEnd) - 1;
  }

  private long instantPast(long local) {
    return zone == null ? local : zone.instantPast(local);
  }
}
