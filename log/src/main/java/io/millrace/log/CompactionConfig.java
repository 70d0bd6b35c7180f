package io.millrace.log;

import java.time.Duration;

/**
 * When a log is compacted, and what goes. Immutable.
 *
 * @param minDirtyRatio a round begins once more than this part of the closed segments' bytes is
 *     new; from 0 to 1 ({@code min.cleanable.dirty.ratio})
 * @param minLag records younger than this are not compacted ({@code min.compaction.lag.ms})
 * @param maxLag a round begins once a record has waited this long, whatever the ratio ({@code
 *     max.compaction.lag.ms})
 * @param deleteRetention how long tombstones and transaction markers stay after the round that
 *     found nothing else left of what they end ({@code delete.retention.ms})
 */
public record CompactionConfig(
    double minDirtyRatio, Duration minLag, Duration maxLag, Duration deleteRetention) {

  /** For a lag without a bound. */
  public static final Duration UNBOUNDED = Duration.ofMillis(Long.MAX_VALUE / 1_000_000);

  /** Kafka's own defaults. */
  public static final CompactionConfig DEFAULT =
      new CompactionConfig(0.5, Duration.ZERO, UNBOUNDED, Duration.ofHours(24));

  /** Whether there is a longest wait at all. */
  boolean hasMaxLag() {
    return maxLag.compareTo(UNBOUNDED) < 0;
  }
}
