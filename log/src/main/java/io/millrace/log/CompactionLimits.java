package io.millrace.log;

import io.millrace.core.SettingException;

/**
 * What compaction may take of the machine, all logs of a store together. Immutable.
 *
 * @param threads rounds that run at a time, from 1 ({@code log.cleaner.threads})
 * @param mapBytes memory for the keys of all rounds; each gets its share, from 24 KiB ({@code
 *     log.cleaner.dedupe.buffer.size}). A key takes 24 bytes at a load of three quarters
 * @param bytesPerSecond bytes read and written by all rounds ({@code
 *     log.cleaner.io.max.bytes.per.second})
 */
public record CompactionLimits(int threads, long mapBytes, long bytesPerSecond) {

  /** One thread, 32 MiB (some million keys a round), as fast as the disk is. */
  public static final CompactionLimits DEFAULT =
      new CompactionLimits(1, 32 * 1024 * 1024, Long.MAX_VALUE);

  private static final long LEAST_MAP_BYTES = 24 * 1024;

  /** Checks the ranges. */
  public CompactionLimits {
    check("compaction.threads", threads, 1, 1024);
    check("compaction.map-size", mapBytes, LEAST_MAP_BYTES * threads, Long.MAX_VALUE);
    check("compaction.max-rate", bytesPerSecond, 1, Long.MAX_VALUE);
  }

  private static void check(String setting, long value, long least, long most) {
    if (value < least || value > most) {
      throw new SettingException(setting, "is " + value, least + " to " + most);
    }
  }

  /** Bytes for the keys of one round. */
  int mapBytesPerRound() {
    return (int) Math.min(1 << 30, mapBytes / threads);
  }
}
