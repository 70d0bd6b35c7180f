package io.millrace.broker.group.share;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * The states of the records of a window, as ranges that touch each other. Two ranges that could be
 * one are one; so there are at most twice as many as there are records that are not done yet, plus
 * one. Confined to the share-partition's mailbox.
 */
final class DeliveryRanges {

  private static final long NOBODY = -1;

  private final TreeMap<Long, Range> ranges = new TreeMap<>();
  private long start;
  private long next;
  private long available;
  private long acquired;

  /** Records of the same state. */
  static final class Range {
    final long first;
    long last;
    DeliveryState state;
    int count;
    long owner = NOBODY;
    long deadlineNanos;

    Range(long first, long last, DeliveryState state, int count) {
      this.first = first;
      this.last = last;
      this.state = state;
      this.count = count;
    }

    long size() {
      return last - first + 1;
    }

    boolean fits(Range other) {
      if (state.isFinal() && other.state.isFinal()) {
        return true; // Of what is done only the extent matters.
      }
      return state == other.state
          && count == other.count
          && owner == other.owner
          && (owner == NOBODY || deadlineNanos == other.deadlineNanos);
    }
  }

  /** An empty window. */
  DeliveryRanges(long start) {
    this.start = start;
    this.next = start;
  }

  // ---- questions ----

  /** All records before it are done. */
  long start() {
    return start;
  }

  /** The first offset that is in no range. */
  long next() {
    return next;
  }

  /** Records that can be delivered. */
  long available() {
    return available;
  }

  /** Records that are locked. */
  long acquired() {
    return acquired;
  }

  int count() {
    return ranges.size();
  }

  /** All ranges, in the order of their offsets. */
  Collection<Range> all() {
    return ranges.values();
  }

  /** The range that has the offset, which must be in the window. */
  Range at(long offset) {
    Map.Entry<Long, Range> entry = ranges.floorEntry(offset);
    if (entry == null || entry.getValue().last < offset) {
      throw new IllegalStateException(
          "offset " + offset + " is not between " + start + " and " + next);
    }
    return entry.getValue();
  }

  // ---- change ----

  /** Makes the window end at an offset, if it ends before that; what is new can be delivered. */
  void extendTo(long offset) {
    if (offset > next) {
      Range added = new Range(next, offset - 1, DeliveryState.AVAILABLE, 0);
      next = offset;
      ranges.put(added.first, added);
      count(added, 1);
    }
  }

  /** Locks a part of one range. */
  void lock(long first, long last, int count, long owner, long deadlineNanos) {
    Range range = cut(first, last);
    count(range, -1);
    range.state = DeliveryState.ACQUIRED;
    range.count = count;
    range.owner = owner;
    range.deadlineNanos = deadlineNanos;
    count(range, 1);
    merge(range);
  }

  /** Sets the state of a part of one range. */
  void set(long first, long last, DeliveryState state, int deliveryCount) {
    Range range = cut(first, last);
    count(range, -1);
    range.state = state;
    range.count = deliveryCount;
    range.owner = NOBODY;
    count(range, 1);
    merge(range);
  }

  /** All before an offset is done, whatever it was. */
  void startAt(long offset) {
    if (offset > start) {
      extendTo(offset);
      if (offset < next) {
        split(offset);
      }
      Map<Long, Range> before = ranges.headMap(offset);
      before.values().forEach(range -> count(range, -1));
      before.clear();
      start = offset;
    }
    advance();
  }

  /** There are no records from an offset on any more: a crash has taken them. */
  void endAt(long offset) {
    if (offset < next) {
      if (offset > start) {
        split(offset);
      }
      Map<Long, Range> after = ranges.tailMap(offset);
      after.values().forEach(range -> count(range, -1));
      after.clear();
      next = offset;
      start = Math.min(start, offset);
    }
  }

  /** Moves the start over what is done. */
  void advance() {
    Map.Entry<Long, Range> front = ranges.firstEntry();
    while (front != null && front.getValue().state.isFinal()) {
      start = front.getValue().last + 1;
      ranges.remove(front.getKey());
      front = ranges.firstEntry();
    }
  }

  /** A range of its own for a part of one. */
  private Range cut(long first, long last) {
    split(first);
    if (last + 1 < next) {
      split(last + 1);
    }
    return at(first);
  }

  private void split(long offset) {
    Range range = at(offset);
    if (range.first < offset) {
      Range rest = new Range(offset, range.last, range.state, range.count);
      rest.owner = range.owner;
      rest.deadlineNanos = range.deadlineNanos;
      range.last = offset - 1;
      ranges.put(offset, rest);
    }
  }

  private void merge(Range range) {
    Range merged = range;
    Map.Entry<Long, Range> before = ranges.lowerEntry(range.first);
    if (before != null && before.getValue().fits(range)) {
      before.getValue().last = range.last;
      ranges.remove(range.first);
      merged = before.getValue();
    }
    Map.Entry<Long, Range> after = ranges.higherEntry(merged.first);
    if (after != null && merged.fits(after.getValue())) {
      merged.last = after.getValue().last;
      ranges.remove(after.getKey());
    }
  }

  private void count(Range range, int sign) {
    switch (range.state) {
      case AVAILABLE -> available += sign * range.size();
      case ACQUIRED -> acquired += sign * range.size();
      case ACKNOWLEDGED, ARCHIVED -> {
        // What is done is the rest of the window.
      }
    }
  }
}
