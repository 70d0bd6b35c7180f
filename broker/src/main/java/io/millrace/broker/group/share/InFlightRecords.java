package io.millrace.broker.group.share;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.share.DeliveryRanges.Range;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The window of a share-partition: what becomes of the records between its start offset and its end
 * offset, which are kept as {@link DeliveryRanges}.
 *
 * <p>A decision about records is planned first ({@link #acknowledge}, {@link #release}, {@link
 * #expired}) and changes nothing; {@link #apply} makes the change, live and at recovery. Locks are
 * taken at once, since nobody stores them. No time, no disk; confined to the share-partition's
 * mailbox.
 */
final class InFlightRecords {

  private final DeliveryRanges ranges;

  /** An empty window. */
  InFlightRecords(long start) {
    ranges = new DeliveryRanges(start);
  }

  // ---- questions ----

  /** All records before it are done. */
  long start() {
    return ranges.start();
  }

  /** The first offset that was never delivered. */
  long next() {
    return ranges.next();
  }

  /** Records from the start on that are not done. */
  long unfinished() {
    return ranges.available() + ranges.acquired();
  }

  /** Records from the start on that are done. */
  long finished() {
    return next() - start() - unfinished();
  }

  long acquired() {
    return ranges.acquired();
  }

  int rangeCount() {
    return ranges.count();
  }

  /** The first offset that can be delivered, which is {@link #next} when none came back. */
  long firstAvailable() {
    if (ranges.available() > 0) {
      for (Range each : ranges.all()) {
        if (each.state == DeliveryState.AVAILABLE) {
          return each.first;
        }
      }
    }
    return next();
  }

  /** Whether records came back that can be delivered again. */
  boolean hasAvailable() {
    return ranges.available() > 0;
  }

  /** When the first lock ends; null without locks. */
  @Nullable Long firstDeadlineNanos() {
    Long first = null;
    if (ranges.acquired() > 0) {
      for (Range each : ranges.all()) {
        if (each.state == DeliveryState.ACQUIRED
            && (first == null || each.deadlineNanos - first < 0)) {
          first = each.deadlineNanos;
        }
      }
    }
    return first;
  }

  /** What would have to be stored of the window: locked records as if they had not been. */
  List<StateBatch> batches() {
    List<StateBatch> batches = new ArrayList<>();
    for (Range each : ranges.all()) {
      boolean locked = each.state == DeliveryState.ACQUIRED;
      int count = locked ? each.count - 1 : each.count;
      DeliveryState state = locked ? DeliveryState.AVAILABLE : each.state;
      if (state.isFinal() || count > 0) {
        batches.add(new StateBatch(each.first, each.last, state, count));
      }
    }
    return batches;
  }

  // ---- acquire ----

  /**
   * Locks what can be delivered of a range, in the order of the offsets.
   *
   * @param most how many at most
   * @param into gets what was locked
   * @return how many were locked
   */
  long acquire(
      long first,
      long last,
      long owner,
      long deadlineNanos,
      long most,
      List<AcquiredRecords> into) {
    long left = most;
    long at = Math.max(first, start());
    while (at <= last && at < next() && left > 0) {
      Range range = ranges.at(at);
      long end = Math.min(last, range.last);
      if (range.state == DeliveryState.AVAILABLE) {
        end = at + Math.min(end - at + 1, left) - 1;
        int count = range.count + 1;
        ranges.lock(at, end, count, owner, deadlineNanos);
        into.add(new AcquiredRecords(at, end, count));
        left -= end - at + 1;
      }
      at = end + 1;
    }
    if (at <= last && at >= next() && left > 0) {
      long end = at + Math.min(last - at + 1, left) - 1;
      ranges.extendTo(at);
      ranges.extendTo(end + 1);
      ranges.lock(at, end, 1, owner, deadlineNanos);
      into.add(new AcquiredRecords(at, end, 1));
      left -= end - at + 1;
    }
    return most - left;
  }

  /** There are no records to deliver in a range: what of it is not locked is done. */
  void skip(long first, long last) {
    if (last >= next()) {
      ranges.extendTo(Math.max(first, next()));
      ranges.extendTo(last + 1);
    }
    long at = Math.max(first, start());
    while (at <= last) {
      Range range = ranges.at(at);
      long end = Math.min(last, range.last);
      if (range.state == DeliveryState.AVAILABLE) {
        ranges.set(at, end, DeliveryState.ARCHIVED, range.count);
      }
      at = end + 1;
    }
    ranges.advance();
  }

  // ---- plan ----

  /**
   * What an acknowledgement changes.
   *
   * @param renewed ranges whose lock goes on, which nobody stores
   */
  record Plan(List<StateBatch> changes, List<AcknowledgementBatch> renewed) {}

  /**
   * Checks what a member says against what it has locked. What lies before the start is passed
   * over.
   *
   * @param deliveryLimit records that were delivered so often are not made available again
   * @throws BrokerException with {@code INVALID_RECORD_STATE} when it has not locked all of it
   */
  Plan acknowledge(long owner, List<AcknowledgementBatch> batches, int deliveryLimit) {
    List<StateBatch> changes = new ArrayList<>();
    List<AcknowledgementBatch> renewed = new ArrayList<>();
    long before = -1;
    for (AcknowledgementBatch batch : batches) {
      if (batch.first() <= before) {
        throw new BrokerException(
            BrokerError.INVALID_GROUP_REQUEST,
            "offset "
                + batch.first()
                + " is acknowledged after "
                + before
                + "; allowed: ascending");
      }
      before = batch.last();
      long at = Math.max(batch.first(), start());
      while (at <= batch.last()) {
        if (at >= next()) {
          throw notLocked(at);
        }
        Range range = ranges.at(at);
        if (range.state != DeliveryState.ACQUIRED || range.owner != owner) {
          throw notLocked(at);
        }
        long end = Math.min(range.last, batch.endOfRun(at));
        AcknowledgeType type = batch.type(at);
        if (type == AcknowledgeType.RENEW) {
          renewed.add(new AcknowledgementBatch(at, end, List.of(type)));
        } else {
          changes.add(new StateBatch(at, end, after(type, range, deliveryLimit), range.count));
        }
        at = end + 1;
      }
    }
    return new Plan(changes, renewed);
  }

  private static DeliveryState after(AcknowledgeType type, Range range, int deliveryLimit) {
    return switch (type) {
      case ACCEPT -> DeliveryState.ACKNOWLEDGED;
      case RELEASE -> returned(range, deliveryLimit);
      case GAP, REJECT, RENEW -> DeliveryState.ARCHIVED;
    };
  }

  private static DeliveryState returned(Range range, int deliveryLimit) {
    return range.count >= deliveryLimit ? DeliveryState.ARCHIVED : DeliveryState.AVAILABLE;
  }

  private static BrokerException notLocked(long offset) {
    return new BrokerException(
        BrokerError.INVALID_RECORD_STATE,
        "the record at offset "
            + offset
            + " is not locked by this member: it was acknowledged, its lock has ended, or it never"
            + " was");
  }

  /** What happens to all that a member has locked once it is gone. */
  List<StateBatch> release(long owner, int deliveryLimit) {
    List<StateBatch> changes = new ArrayList<>();
    if (ranges.acquired() > 0) {
      for (Range each : ranges.all()) {
        if (each.state == DeliveryState.ACQUIRED && each.owner == owner) {
          changes.add(returning(each, deliveryLimit));
        }
      }
    }
    return changes;
  }

  /** What happens to records whose lock has ended. */
  List<StateBatch> expired(long nowNanos, int deliveryLimit) {
    List<StateBatch> changes = new ArrayList<>();
    if (ranges.acquired() > 0) {
      for (Range each : ranges.all()) {
        if (each.state == DeliveryState.ACQUIRED && nowNanos - each.deadlineNanos >= 0) {
          changes.add(returning(each, deliveryLimit));
        }
      }
    }
    return changes;
  }

  private static StateBatch returning(Range range, int deliveryLimit) {
    return new StateBatch(range.first, range.last, returned(range, deliveryLimit), range.count);
  }

  /**
   * Where the window will start after changes.
   *
   * @param changes in the order of their offsets within each run of the window
   */
  long startAfter(List<StateBatch> changes) {
    long at = start();
    for (Range range : ranges.all()) {
      while (at <= range.last) {
        if (range.state.isFinal()) {
          at = range.last + 1;
        } else {
          long end = doneUpTo(at, changes);
          if (end < at) {
            return at;
          }
          at = Math.min(end, range.last) + 1;
        }
      }
    }
    return at;
  }

  private static long doneUpTo(long offset, List<StateBatch> changes) {
    for (StateBatch each : changes) {
      if (each.first() <= offset && offset <= each.last() && each.state().isFinal()) {
        return each.last();
      }
    }
    return -1;
  }

  // ---- change ----

  /** Takes over what has been decided about records, and moves the start over what is done. */
  void apply(List<StateBatch> changes) {
    for (StateBatch each : changes) {
      long first = Math.max(each.first(), start());
      if (first <= each.last()) {
        ranges.extendTo(first);
        ranges.extendTo(each.last() + 1);
        for (long at = first; at <= each.last(); ) {
          long end = Math.min(each.last(), ranges.at(at).last);
          ranges.set(at, end, each.state(), each.deliveryCount());
          at = end + 1;
        }
      }
    }
    ranges.advance();
  }

  /** Locks go on until another deadline. */
  void renew(List<AcknowledgementBatch> renewed, long deadlineNanos) {
    for (AcknowledgementBatch each : renewed) {
      for (long at = Math.max(each.first(), start()); at <= each.last(); ) {
        Range range = ranges.at(at);
        long end = Math.min(each.last(), range.last);
        ranges.lock(at, end, range.count, range.owner, deadlineNanos);
        at = end + 1;
      }
    }
  }

  /** All before an offset is done, whatever it was. */
  void startAt(long offset) {
    ranges.startAt(offset);
  }

  /** There are no records from an offset on any more: a crash has taken them. */
  void endAt(long offset) {
    ranges.endAt(offset);
  }
}
