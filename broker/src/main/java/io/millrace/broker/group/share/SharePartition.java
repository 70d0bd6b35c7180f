package io.millrace.broker.group.share;

import io.millrace.broker.group.share.ShareStateRecord.Snapshot;
import io.millrace.broker.group.share.ShareStateRecord.Update;
import io.millrace.core.Timer.Timeout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One share-partition: its window, what has been stored of it, and who waits for records. Plain
 * state; the rules are {@link ShareShard}'s, to whose mailbox it is confined.
 */
final class SharePartition {

  final SharePartitionKey key;
  InFlightRecords window;
  int snapshotEpoch;
  int stateEpoch;
  long createMillis;
  int updatesSinceSnapshot;

  /** An offset of the journal before which nothing is needed of it. */
  long journalFrom;

  /** Completes once the start offset is durable; nothing is given out before. */
  CompletableFuture<@Nullable Void> ready = CompletableFuture.completedFuture(null);

  /** Looks for locks that have ended; null while there are none. */
  @Nullable Timeout lockTimer;

  long lockTimerNanos;

  private List<Waiter> waiters = new ArrayList<>();

  /** Somebody who waits for records. */
  static final class Waiter {
    final Runnable wake;
    Runnable cancelLog = () -> {};

    Waiter(Runnable wake) {
      this.wake = wake;
    }
  }

  SharePartition(SharePartitionKey key, long start) {
    this.key = key;
    this.window = new InFlightRecords(start);
  }

  // ---- records ----

  /** Takes over all that is stored. */
  void restore(Snapshot snapshot) {
    window = new InFlightRecords(snapshot.start());
    window.apply(snapshot.batches());
  }

  void noteSnapshot(Snapshot snapshot) {
    snapshotEpoch = snapshot.snapshotEpoch();
    stateEpoch = snapshot.stateEpoch();
    createMillis = snapshot.createMillis();
    updatesSinceSnapshot = 0;
  }

  void apply(Update update) {
    window.apply(update.batches());
    window.startAt(update.start());
    updatesSinceSnapshot++;
  }

  /** A snapshot of how it stands. */
  Snapshot snapshot(int leaderEpoch, long nowMillis) {
    return new Snapshot(
        key,
        snapshotEpoch + 1,
        stateEpoch,
        leaderEpoch,
        window.start(),
        Math.toIntExact(Math.min(Integer.MAX_VALUE, window.finished())),
        createMillis,
        nowMillis,
        window.batches());
  }

  /** What is to be stored of changes. */
  Update update(int leaderEpoch, List<StateBatch> changes) {
    long start = window.startAfter(changes);
    long done = window.finished() - (start - window.start());
    for (StateBatch each : changes) {
      if (each.state().isFinal()) {
        done += each.last() - each.first() + 1;
      }
    }
    int finished = Math.toIntExact(Math.clamp(done, 0, Integer.MAX_VALUE));
    return new Update(key, snapshotEpoch, leaderEpoch, start, finished, changes);
  }

  // ---- locks ----

  void cancelLockTimer() {
    if (lockTimer != null) {
      lockTimer.cancel();
      lockTimer = null;
    }
  }

  // ---- waiting ----

  void add(Waiter waiter) {
    waiters.add(waiter);
  }

  void remove(Waiter waiter) {
    waiters.remove(waiter);
    waiter.cancelLog.run();
  }

  /** There may be something to give out: whoever waits looks again. */
  void wakeAll() {
    if (!waiters.isEmpty()) {
      List<Waiter> woken = waiters;
      waiters = new ArrayList<>();
      for (Waiter each : woken) {
        each.cancelLog.run();
        each.wake.run();
      }
    }
  }
}
