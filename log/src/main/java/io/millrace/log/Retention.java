package io.millrace.log;

/** Which old segments may go. */
final class Retention {

  private Retention() {}

  /**
   * How many segments, counted from the oldest, have expired; the newest one may be among them. One
   * that reaches past the high watermark never has.
   */
  static int expired(
      Segment[] segments,
      LogConfig config,
      long startOffset,
      long highWatermark,
      long endOffset,
      long nowMillis) {
    boolean deletes = config.cleanup() != LogConfig.Cleanup.COMPACT;
    boolean byAge = deletes && !config.retentionAge().isNegative();
    boolean bySize = deletes && config.retentionBytes() >= 0;
    long oldest = byAge ? nowMillis - config.retentionAge().toMillis() : Long.MIN_VALUE;
    long left = 0;
    for (Segment segment : segments) {
      left += segment.size();
    }
    int count = 0;
    while (count < segments.length) {
      Segment segment = segments[count];
      boolean newest = count + 1 == segments.length;
      long next = newest ? endOffset : segments[count + 1].baseOffset();
      boolean beforeStart = !newest && next <= startOffset;
      boolean tooOld = byAge && segment.size() > 0 && segment.maxTimestamp() < oldest;
      boolean tooMuch =
          bySize
              && (segment.size() > 0 || !newest)
              && left - segment.size() >= config.retentionBytes();
      if (next > highWatermark || !(beforeStart || tooOld || tooMuch)) {
        break;
      }
      left -= segment.size();
      count++;
    }
    return count;
  }
}
