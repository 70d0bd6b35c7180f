package io.millrace.log;

/**
 * Which segments of a log can be compacted, and whether it is time to: as Kafka's log cleaner
 * decides it, one log at a time.
 */
final class Compactable {

  private Compactable() {}

  /**
   * How many of the segments, from the oldest, may be compacted: closed ones before a limit, up to
   * the first with records that are new and too young.
   */
  static int closed(
      Segment[] segments,
      long limitOffset,
      long cleanedOffset,
      CompactionConfig rules,
      long nowMillis) {
    long oldEnough = nowMillis - rules.minLag().toMillis();
    boolean hasMinLag = !rules.minLag().isZero();
    int count = 0;
    while (count + 1 < segments.length && segments[count + 1].baseOffset() <= limitOffset) {
      boolean isNew = segments[count + 1].baseOffset() > cleanedOffset;
      if (hasMinLag && isNew && segments[count].maxTimestamp() > oldEnough) {
        break;
      }
      count++;
    }
    return count;
  }

  /** Whether enough of the first {@code closed} segments is new, or something new is old enough. */
  static boolean isDue(
      Segment[] segments, int closed, long cleanedOffset, CompactionConfig rules, long nowMillis) {
    long all = 0;
    long dirty = 0;
    long oldest = Long.MAX_VALUE;
    for (int i = 0; i < closed; i++) {
      all += segments[i].size();
      if (segments[i + 1].baseOffset() > cleanedOffset && segments[i].size() > 0) {
        dirty += segments[i].size();
        if (rules.hasMaxLag()) {
          oldest = Math.min(oldest, segments[i].firstTimestamp());
        }
      }
    }
    return dirty > 0
        && (dirty > all * rules.minDirtyRatio() || oldest < nowMillis - rules.maxLag().toMillis());
  }
}
