package io.millrace.log;

/** When a log's newest segment is closed and the next one begun. */
final class RollRule {

  /** An odd number with bits all over, to spread neighbours. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final long seed;

  /**
   * @param name the log's: how much sooner than others it closes a segment is drawn from it, so
   *     that it is the same after a restart
   */
  RollRule(String name) {
    this.seed = name.hashCode() * 31L;
  }

  /**
   * Whether batches would not fit a segment that has some: its file, its indexes, or its offsets.
   *
   * @param bytes of the batches
   * @param nextOffset after the last of them
   */
  boolean isFull(Segment segment, LogConfig config, int bytes, long nextOffset) {
    return (long) segment.size() + bytes > config.segmentBytes()
        || nextOffset - segment.baseOffset() > Integer.MAX_VALUE
        || segment.indexIsFull(config.maxIndexBytes());
  }

  /** Whether a segment has had its time; what compaction must not wait longer for counts too. */
  boolean isOld(Segment segment, LogConfig config, long nowMillis) {
    long age = config.segmentAge().toMillis();
    if (config.cleanup() != LogConfig.Cleanup.DELETE) {
      age = Math.min(age, config.compaction().maxLag().toMillis());
    }
    long jitter = Math.min(age, config.segmentJitter().toMillis());
    if (jitter > 0) {
      age -= Math.floorMod((seed + segment.baseOffset()) * SPREAD, jitter);
    }
    return nowMillis - segment.firstAppendMillis() >= age;
  }
}
