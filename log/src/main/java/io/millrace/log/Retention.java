package io.millrace.log;

/** Which old segments may go. */
final class Retention {

  private Retention() {}

  /**
   * How many segments, counted from the oldest, have expired. The newest never does, nor one that
   * reaches past the high watermark.
   */
  static int expired(
      Segment[] segments, LogConfig config, long startOffset, long highWatermark, long nowMillis) {
    boolean deletes = config.cleanup() != LogConfig.Cleanup.COMPACT;
    boolean byAge = deletes && !config.retentionAge().isNegative();
    boolean bySize = deletes && config.retentionBytes() >= 0;
    long oldest = byAge ? nowMillis - config.retentionAge().toMillis() : Long.MIN_VALUE;
    long left = 0;
    for (Segment segment : segments) {
      left += segment.size();
    }
    int count = 0;
    while (count + 1 < segments.length) {
      Segment segment = segments[count];
      long nextBase = segments[count + 1].baseOffset();
      boolean beforeStart = nextBase <= startOffset;
      boolean tooOld = byAge && segment.size() > 0 && segment.maxTimestamp() < oldest;
      boolean tooMuch = bySize && left - segment.size() >= config.retentionBytes();
      if (nextBase > highWatermark || !(beforeStart || tooOld || tooMuch)) {
        break;
      }
      left -= segment.size();
      count++;
    }
    return count;
  }
}
