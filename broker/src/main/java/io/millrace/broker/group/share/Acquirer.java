package io.millrace.broker.group.share;

import io.millrace.broker.group.ShareGroupConfig;
import io.millrace.broker.group.share.SharePartitions.AcquireCommand;
import io.millrace.broker.producer.AbortedTransactions;
import io.millrace.broker.topic.Partition;
import io.millrace.log.LogSlice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to give out records of a share-partition: finds the batches from the first record
 * that can be delivered on, and locks what of them nobody has. What turns out not to be there
 * (compacted away, a transaction's marker, aborted where only committed records are wanted) is done
 * without being delivered.
 *
 * <p>Confined to the share-partition's mailbox. It reads headers of batches, which the sender of
 * the answer is about to read as a whole.
 */
final class Acquirer {

  private final InFlightRecords window;
  private final ShareGroupConfig config;
  private final AcquireCommand command;
  private final Partition partition;
  private final long deadlineNanos;
  private final List<AcquiredRecords> acquired = new ArrayList<>();
  private @Nullable LogSlice records;
  private AbortedTransactions.@Nullable View aborted;
  private long limit;
  private long left;

  Acquirer(
      InFlightRecords window, ShareGroupConfig config, AcquireCommand command, long deadlineNanos) {
    this.window = window;
    this.config = config;
    this.command = command;
    this.partition = command.partition();
    this.deadlineNanos = deadlineNanos;
    this.left = command.maxRecords();
  }

  /** Ranges of locked records, those of neighbouring batches as one. */
  List<AcquiredRecords> acquired() {
    return acquired;
  }

  /** The batches that hold them; the caller's to close. */
  @Nullable LogSlice records() {
    return records;
  }

  /** Where the reader of this group stops now. */
  long limit() {
    return limit;
  }

  void run() {
    window.startAt(partition.startOffset());
    limit = config.readCommitted() ? partition.lastStableOffset() : partition.highWatermark();
    aborted = config.readCommitted() ? partition.abortedTransactions() : null;
    long from = window.firstAvailable();
    while (acquired.isEmpty() && left > 0 && from < limit && (from < window.next() || hasRoom())) {
      LogSlice slice = read(from, command.maxBytes());
      int used;
      try {
        used = lock(slice, from);
      } catch (RuntimeException e) {
        slice.close();
        throw e;
      }
      if (used == slice.length()) {
        records = slice;
      } else {
        slice.close();
        if (used > 0) {
          records = read(from, used);
        }
      }
      long next = window.firstAvailable();
      if (next == from) {
        return;
      }
      from = next;
    }
  }

  private LogSlice read(long from, int maxBytes) {
    return partition.readBefore(from, maxBytes, limit);
  }

  /** Locks what a slice holds, and returns the bytes up to the last batch with locked records. */
  private int lock(LogSlice slice, long from) {
    int used = 0;
    long at = from;
    BatchWalk batches = new BatchWalk(slice);
    while (left > 0 && batches.next()) {
      long base = batches.baseOffset();
      long last = batches.lastOffset();
      if (base > at) {
        window.skip(at, base - 1);
      }
      long first = Math.max(base, at);
      if (batches.isControl() || isAborted(batches)) {
        window.skip(first, last);
      } else {
        if (first >= window.next() && !hasRoom()) {
          break;
        }
        long locked = lock(first, last);
        if (locked > 0) {
          used = batches.bytesSoFar();
        }
        left -= locked;
      }
      at = last + 1;
    }
    return used;
  }

  private long lock(long first, long last) {
    List<AcquiredRecords> some = new ArrayList<>(1);
    long most = command.strict() ? left : Long.MAX_VALUE;
    long locked = window.acquire(first, last, command.owner(), deadlineNanos, most, some);
    some.forEach(this::add);
    return locked;
  }

  private void add(AcquiredRecords more) {
    AcquiredRecords before = acquired.isEmpty() ? null : acquired.getLast();
    if (before != null
        && before.last() + 1 == more.first()
        && before.deliveryCount() == more.deliveryCount()
        && more.last() - before.first() < Math.max(1, command.batchSize())) {
      acquired.set(
          acquired.size() - 1,
          new AcquiredRecords(before.first(), more.last(), more.deliveryCount()));
    } else {
      acquired.add(more);
    }
  }

  private boolean isAborted(BatchWalk batch) {
    AbortedTransactions.View view = aborted;
    return view != null
        && batch.isTransactional()
        && view.contains(batch.producerId(), batch.baseOffset());
  }

  /** What was never delivered is so only while not too much is under way. */
  private boolean hasRoom() {
    return window.unfinished() < config.maxRecordLocks()
        && window.rangeCount() < 2L * config.maxRecordLocks() + 1;
  }
}
