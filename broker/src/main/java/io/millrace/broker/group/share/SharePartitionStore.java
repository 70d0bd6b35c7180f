package io.millrace.broker.group.share;

import io.millrace.broker.group.share.ShareStateRecord.Forgotten;
import io.millrace.broker.group.share.ShareStateRecord.Snapshot;
import io.millrace.broker.group.share.ShareStateRecord.Update;
import io.millrace.broker.journal.JournalReader;
import io.millrace.broker.journal.StateJournal;
import io.millrace.core.Clock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is stored of a shard's share-partitions: the records of one partition of {@code
 * __share_group_state}, and what they add up to. Confined to the shard's mailbox.
 */
final class SharePartitionStore implements JournalReader.Visitor {

  private static final Logger LOG = LoggerFactory.getLogger(SharePartitionStore.class);

  /** How much of the journal there is, more or less, beside the snapshots. */
  static final long PRUNE_EVERY_BYTES = 4 << 20;

  private final String name;
  private final ShareStateJournal storage;
  private final ShareStateJournal.Counted counted;
  private final StateJournal<ShareStateRecord> journal;
  private final int updatesPerSnapshot;
  private final int leaderEpoch;
  private final Clock clock;
  private final Map<SharePartitionKey, SharePartition> table = new HashMap<>();
  private final long pruneEveryBytes;
  private long pruneAtBytes;
  private boolean recovering = true;
  private boolean closed;

  /**
   * @param name of the shard, for people
   * @param pruneEveryBytes about so much is written between two looks for what can be deleted
   */
  SharePartitionStore(
      String name,
      ShareStateJournal storage,
      int updatesPerSnapshot,
      int leaderEpoch,
      long pruneEveryBytes,
      Clock clock) {
    this.name = name;
    this.storage = storage;
    this.updatesPerSnapshot = updatesPerSnapshot;
    this.leaderEpoch = leaderEpoch;
    this.pruneEveryBytes = pruneEveryBytes;
    pruneAtBytes = pruneEveryBytes;
    this.clock = clock;
    counted = new ShareStateJournal.Counted(storage);
    journal = new StateJournal<>(counted, new ShareStateRecordCodec(), this::apply, clock);
  }

  @Nullable SharePartition find(SharePartitionKey key) {
    return table.get(key);
  }

  Collection<SharePartition> all() {
    return table.values();
  }

  /** Answers once all that was stored before is durable. */
  <T> void answer(CompletableFuture<T> answer, @Nullable T value) {
    journal.answer(answer, value);
  }

  // ---- read back ----

  @Override
  public void record(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      ShareStateRecord record = ShareStateRecordCodec.decode(key, value);
      if (record == null) {
        LOG.warn("{} has a record of an unknown kind, which is passed over", name);
      } else {
        apply(record);
      }
    } catch (IllegalArgumentException e) {
      LOG.error("{} has a record that cannot be read, which is passed over", name, e);
    }
  }

  /**
   * All records have been read. Forgets what is about topics that have gone, and about records that
   * a crash has taken, whose offsets others will get.
   *
   * @param endOffset the end of a partition's log, or -1 when there is no such partition
   */
  void recovered(ToLongFunction<SharePartitionKey> endOffset) {
    recovering = false;
    for (SharePartition share : List.copyOf(table.values())) {
      long end = endOffset.applyAsLong(share.key);
      if (end < 0) {
        journal.write(List.of(new Forgotten(share.key)));
      } else if (share.window.next() > end) {
        share.window.endAt(end);
        journal.write(List.of(share.snapshot(leaderEpoch, clock.millis())));
      }
    }
  }

  // ---- write ----

  /** The one way in which what is stored changes. */
  private void apply(ShareStateRecord record) {
    switch (record) {
      case Snapshot snapshot -> {
        SharePartition share =
            table.computeIfAbsent(snapshot.key(), key -> new SharePartition(key, snapshot.start()));
        if (recovering || snapshot.stateEpoch() != share.stateEpoch) {
          share.restore(snapshot);
        }
        share.noteSnapshot(snapshot);
        share.journalFrom = recovering ? 0 : storage.endOffset() - 1;
      }
      case Update update -> {
        SharePartition share = table.get(update.key());
        if (share != null) {
          share.apply(update);
        }
      }
      case Forgotten gone -> {
        SharePartition share = table.remove(gone.key());
        if (share != null) {
          share.cancelLockTimer();
          share.wakeAll();
        }
      }
    }
  }

  /** A share-partition that was not there, which begins at an offset. */
  SharePartition make(SharePartitionKey key, long start) {
    long now = clock.millis();
    journal.write(List.of(new Snapshot(key, 0, 0, leaderEpoch, start, 0, now, now, List.of())));
    SharePartition made = table.get(key);
    if (made == null) {
      throw new IllegalStateException("a share-partition that was just made is not there");
    }
    made.ready = new CompletableFuture<>();
    journal.answer(made.ready, null);
    return made;
  }

  /** A share-partition begins anew at an offset, whether it was there or not. */
  void startAt(SharePartitionKey key, long offset) {
    SharePartition share = table.get(key);
    long now = clock.millis();
    journal.write(
        List.of(
            new Snapshot(
                key,
                share == null ? 0 : share.snapshotEpoch + 1,
                share == null ? 0 : share.stateEpoch + 1,
                leaderEpoch,
                offset,
                0,
                share == null ? now : share.createMillis,
                now,
                List.of())));
    if (share != null) {
      share.cancelLockTimer();
      share.wakeAll();
    }
  }

  /** Stores changes and applies them; whoever waits looks again. */
  void change(SharePartition share, List<StateBatch> changes) {
    if (changes.isEmpty()) {
      return;
    }
    journal.write(List.of(share.update(leaderEpoch, changes)));
    if (share.updatesSinceSnapshot >= updatesPerSnapshot) {
      journal.write(List.of(share.snapshot(leaderEpoch, clock.millis())));
    }
    share.wakeAll();
    if (counted.bytes() >= pruneAtBytes) {
      prune();
    }
  }

  /** Writes those anew that hold old records of the journal, and deletes what is before all. */
  private void prune() {
    long before = storage.endOffset();
    long bytesBefore = counted.bytes();
    long keepFrom = before;
    for (SharePartition share : table.values()) {
      if (share.journalFrom < before - 1 || share.updatesSinceSnapshot > 0) {
        journal.write(List.of(share.snapshot(leaderEpoch, clock.millis())));
      }
      keepFrom = Math.min(keepFrom, share.journalFrom);
    }
    // The next look comes after several times what this one has written, so it stays cheap.
    pruneAtBytes = Math.max(pruneEveryBytes, 4 * (counted.bytes() - bytesBefore));
    counted.reset();
    long from = keepFrom;
    storage.whenDurable(
        storage.endOffset(),
        failure -> {
          if (failure == null && !closed) {
            storage.forgetBefore(from);
          }
        });
  }

  /** Forgets share-partitions; whether there were any. */
  boolean forget(Predicate<SharePartitionKey> which) {
    List<ShareStateRecord> records = new ArrayList<>();
    for (SharePartitionKey key : table.keySet()) {
      if (which.test(key)) {
        records.add(new Forgotten(key));
      }
    }
    if (!records.isEmpty()) {
      journal.write(records);
    }
    return !records.isEmpty();
  }

  /** Nothing is deleted any more. */
  void close() {
    closed = true;
  }
}
