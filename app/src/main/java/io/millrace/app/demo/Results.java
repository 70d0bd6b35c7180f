package io.millrace.app.demo;

import java.util.List;

/**
 * What the job puts out, or should.
 *
 * @param windows rows of all window tables
 * @param late the flights that came too late for their windows
 */
record Results(List<Window> windows, List<LateFlight> late) {

  /** The window tables of board.sql, each a topic of the same name. */
  enum Table {
    /** Tumbling, one hour; has a 95th percentile. */
    DEPARTURES("departures", 1, 1),
    /** Sliding, three hours every hour. */
    DELAYS("delays", 3, 1),
    /** Tumbling, one day. */
    DAYS("days", 24, 24);

    private final String topic;
    private final int sizeHours;
    private final int slideHours;

    Table(String topic, int sizeHours, int slideHours) {
      this.topic = topic;
      this.sizeHours = sizeHours;
      this.slideHours = slideHours;
    }

    String topic() {
      return topic;
    }

    long sizeMillis() {
      return sizeHours * 3_600_000L;
    }

    long slideMillis() {
      return slideHours * 3_600_000L;
    }

    boolean hasPercentile() {
      return this == DEPARTURES;
    }
  }

  /** The topic of late flights. */
  static final String LATE_TOPIC = "late_flights";

  /**
   * One row of a window table. Times are milliseconds since 1970-01-01 00:00:00 local time.
   *
   * @param p95Delay NaN in a table without it
   */
  record Window(
      Table table,
      String origin,
      long start,
      long end,
      long departures,
      double meanDelay,
      double p95Delay) {}

  /**
   * A flight in the side topic.
   *
   * @param passed the watermark of its partition when it came, as milliseconds
   */
  record LateFlight(String origin, String destination, long scheduled, int delay, long passed) {}
}
