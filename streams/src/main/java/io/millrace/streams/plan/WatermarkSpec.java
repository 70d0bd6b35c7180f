package io.millrace.streams.plan;

import java.time.Duration;

/**
 * How a source knows how far event time has come.
 *
 * <p>Each partition has its own watermark: none before its first row, then the greatest value of
 * {@link #expression()} over the rows read from it (rows for which it is NULL do not count). The
 * watermark of the source is the least of its partitions' that are not idle. A watermark {@code w}
 * says that rows with time {@code <= w} are no longer expected, so a window [start, end) is
 * complete when {@code w >= end - 1}.
 *
 * @param expression TIMESTAMP or TIMESTAMP_LTZ over the scan's output row, computed columns
 *     expanded
 * @param column the name of the time column, for people
 * @param idleTimeout a partition without rows for this long does not hold the source's watermark
 *     back; zero when a partition never counts as idle
 */
public record WatermarkSpec(Expression expression, String column, Duration idleTimeout) {}
