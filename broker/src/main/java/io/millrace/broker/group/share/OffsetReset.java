package io.millrace.broker.group.share;

import io.millrace.broker.topic.Partition;
import io.millrace.log.TimestampOffset;
import java.time.DateTimeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a group starts in a partition of which nothing is known ({@code share.auto.offset.reset};
 * by duration since KIP-1106).
 *
 * @param back null for one of the ends
 */
public record OffsetReset(boolean earliest, @Nullable Duration back) {

  /** After all records that there are. */
  public static final OffsetReset LATEST = new OffsetReset(false, null);

  private static final OffsetReset EARLIEST = new OffsetReset(true, null);
  private static final String BY_DURATION = "by_duration:";

  /** Reads {@code latest}, {@code earliest} or {@code by_duration:P1D}; null for anything else. */
  public static @Nullable OffsetReset of(String value) {
    if (value.equals("latest")) {
      return LATEST;
    }
    if (value.equals("earliest")) {
      return EARLIEST;
    }
    if (!value.startsWith(BY_DURATION)) {
      return null;
    }
    try {
      Duration back = Duration.parse(value.substring(BY_DURATION.length()));
      return back.isNegative() || back.toMillis() < 0 ? null : new OffsetReset(false, back);
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  long offset(Partition partition, long nowMillis) {
    if (earliest) {
      return partition.startOffset();
    }
    return back == null
        ? partition.highWatermark()
        : partition
            .firstAtOrAfter(nowMillis - back.toMillis())
            .map(TimestampOffset::offset)
            .orElseGet(partition::highWatermark);
  }
}
