package io.millrace.log;

import java.time.Duration;

/**
 * What a producer's records must be like. Immutable.
 *
 * @param maxBefore records may be this much older than the time of their append ({@code
 *     message.timestamp.before.max.ms})
 * @param maxAfter records may be this much newer, as their batch's header says ({@code
 *     message.timestamp.after.max.ms})
 * @param maxDecompressedBytes what a batch may decompress to where its records have to be looked
 *     at; from 4096
 */
public record RecordLimits(Duration maxBefore, Duration maxAfter, int maxDecompressedBytes) {

  /** For a time without a bound. */
  public static final Duration UNBOUNDED = Duration.ofMillis(Long.MAX_VALUE / 1_000_000);

  /** Any time, and 64 MiB. */
  public static final RecordLimits NONE = new RecordLimits(UNBOUNDED, UNBOUNDED, 64 * 1024 * 1024);

  /** Kafka's own defaults: any time up to an hour from now. */
  public static final RecordLimits DEFAULT =
      new RecordLimits(UNBOUNDED, Duration.ofHours(1), 64 * 1024 * 1024);
}
