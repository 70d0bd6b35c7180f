package io.millrace.broker.group.share;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.ShareGroupConfig;
import io.millrace.broker.group.share.SharePartition.Waiter;
import io.millrace.broker.group.share.SharePartitions.AcquireCommand;
import io.millrace.broker.group.share.SharePartitions.Acquisition;
import io.millrace.broker.group.share.SharePartitions.ShareOffset;
import io.millrace.broker.group.share.ShareStateRecord.Forgotten;
import io.millrace.broker.group.share.ShareStateRecord.Snapshot;
import io.millrace.broker.group.share.ShareStateRecord.Update;
import io.millrace.broker.journal.JournalReader;
import io.millrace.broker.journal.StateJournal;
import io.millrace.broker.topic.Partition;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share-partitions whose records live in one partition of {@code __share_group_state}, to whose
 * mailbox they belong. A decision is planned, written and applied; an answer waits until what it
 * says is durable. Locks are neither written nor waited for.
 */
final class ShareShard implements JournalReader.Visitor {

  private static final Logger LOG = LoggerFactory.getLogger(ShareShard.class);

  /** How much of the journal there is, more or less, beside the snapshots. */
  static final long PRUNE_EVERY_BYTES = 4 << 20;

  /** Until the end of locks that could not be stored is tried again. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Mailbox mailbox;
  private final ShareStateJournal storage;
  private final ShareStateJournal.Counted counted;
  private final StateJournal<ShareStateRecord> journal;
  private final Function<String, ShareGroupConfig> configs;
  private final int updatesPerSnapshot;
  private final int leaderEpoch;
  private final Clock clock;
  private final Timer timer;
  private final Map<SharePartitionKey, SharePartition> table = new HashMap<>();
  private final long pruneEveryBytes;
  private long pruneAtBytes;
  private boolean recovering = true;
  private boolean closed;

  /**
   * @param configs what holds for a group
   * @param pruneEveryBytes about so much is written between two looks for what can be deleted
   */
  ShareShard(
      Mailbox mailbox,
      ShareStateJournal storage,
      Function<String, ShareGroupConfig> configs,
      int updatesPerSnapshot,
      int leaderEpoch,
      long pruneEveryBytes,
      Clock clock,
      Timer timer) {
    this.mailbox = mailbox;
    this.storage = storage;
    this.configs = configs;
    this.updatesPerSnapshot = updatesPerSnapshot;
    this.leaderEpoch = leaderEpoch;
    this.pruneEveryBytes = pruneEveryBytes;
    pruneAtBytes = pruneEveryBytes;
    this.clock = clock;
    this.timer = timer;
    counted = new ShareStateJournal.Counted(storage);
    journal = new StateJournal<>(counted, new ShareStateRecordCodec(), this::apply, clock);
  }

  /** What a call does inside the mailbox; it may throw a {@link BrokerException}. */
  interface Work<T> {
    void run(CompletableFuture<T> answer);
  }

  /** Runs a call in the mailbox. */
  <T> CompletionStage<T> call(Work<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    mailbox.execute(() -> attempt(work, answer));
    return answer;
  }

  private <T> void attempt(Work<T> work, CompletableFuture<T> answer) {
    try {
      if (closed) {
        throw new BrokerException(BrokerError.CLOSING, "the node is closing");
      }
      work.run(answer);
    } catch (BrokerException e) {
      answer.completeExceptionally(e);
    } catch (RuntimeException e) {
      LOG.error("A call about a share-partition failed", e);
      answer.completeExceptionally(e);
    }
  }

  // ---- records ----

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
          cancelTimer(share);
          share.wakeAll();
        }
      }
    }
  }

  @Override
  public void record(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      ShareStateRecord record = ShareStateRecordCodec.decode(key, value);
      if (record == null) {
        LOG.warn("{} has a record of an unknown kind, which is passed over", mailbox);
      } else {
        apply(record);
      }
    } catch (IllegalArgumentException e) {
      LOG.error("{} has a record that cannot be read, which is passed over", mailbox, e);
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

  /** Stores changes and applies them; whoever waits looks again. */
  private void store(SharePartition share, List<StateBatch> changes) {
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

  // ---- acquire ----

  void acquire(AcquireCommand command, CompletableFuture<Acquisition> answer) {
    SharePartition share = table.get(command.key());
    if (share == null) {
      share = initialize(command.key(), command.partition());
    }
    if (share.ready.isDone()) {
      acquire(share, command, answer);
      return;
    }
    SharePartition made = share;
    CompletionStage<?> unused =
        made.ready.whenComplete(
            (done, failure) -> attempt(later -> acquire(made, command, later), answer));
  }

  private SharePartition initialize(SharePartitionKey key, Partition partition) {
    long now = clock.millis();
    long start = configs.apply(key.group()).reset().offset(partition, now);
    journal.write(List.of(new Snapshot(key, 0, 0, leaderEpoch, start, 0, now, now, List.of())));
    SharePartition made = table.get(key);
    if (made == null) {
      throw new IllegalStateException("a share-partition that was just made is not there");
    }
    made.ready = new CompletableFuture<>();
    journal.answer(made.ready, null);
    return made;
  }

  private void acquire(
      SharePartition share, AcquireCommand command, CompletableFuture<Acquisition> answer) {
    if (share.ready.isCompletedExceptionally() || table.get(command.key()) != share) {
      throw new BrokerException(
          BrokerError.COORDINATOR_NOT_AVAILABLE, "the start of the partition was not stored");
    }
    ShareGroupConfig config = configs.apply(command.key().group());
    long deadline = clock.nanos() + config.recordLockDuration().toNanos();
    Acquirer acquirer = new Acquirer(share.window, config, command, deadline);
    acquirer.run();
    if (!acquirer.acquired().isEmpty()) {
      watchLocks(share, deadline);
      answer.complete(new Acquisition(acquirer.acquired(), acquirer.records(), () -> {}));
      return;
    }
    Runnable wake = command.wake();
    Runnable cancel = () -> {};
    if (wake != null) {
      cancel = await(share, command.partition(), config, acquirer.limit(), wake);
    }
    answer.complete(new Acquisition(List.of(), null, cancel));
  }

  private Runnable await(
      SharePartition share,
      Partition partition,
      ShareGroupConfig config,
      long limit,
      Runnable wake) {
    Waiter waiter = new Waiter(wake);
    share.add(waiter);
    long past = Math.max(limit, share.window.next());
    waiter.cancelLog =
        config.readCommitted()
            ? partition.whenStablePast(past, wake)
            : partition.whenPast(past, wake);
    return () -> mailbox.execute(() -> share.remove(waiter));
  }

  // ---- locks ----

  private void watchLocks(SharePartition share, long deadlineNanos) {
    if (share.lockTimer != null) {
      if (share.lockTimerNanos - deadlineNanos <= 0) {
        return;
      }
      cancelTimer(share);
    }
    share.lockTimerNanos = deadlineNanos;
    long left = Math.max(0, deadlineNanos - clock.nanos());
    share.lockTimer =
        timer.after(
            Duration.ofNanos(left), () -> mailbox.execute(() -> endLocks(share, deadlineNanos)));
  }

  private static void cancelTimer(SharePartition share) {
    if (share.lockTimer != null) {
      share.lockTimer.cancel();
      share.lockTimer = null;
    }
  }

  private void endLocks(SharePartition share, long deadlineNanos) {
    if (closed || share.lockTimer == null || share.lockTimerNanos != deadlineNanos) {
      return;
    }
    share.lockTimer = null;
    try {
      store(share, share.window.expired(clock.nanos(), deliveryLimit(share)));
    } catch (BrokerException e) {
      LOG.warn("Locks of {} have ended, which cannot be stored: {}", share.key, e.getMessage());
      watchLocks(share, clock.nanos() + RETRY.toNanos());
      return;
    }
    Long next = share.window.firstDeadlineNanos();
    if (next != null) {
      watchLocks(share, next);
    }
  }

  private int deliveryLimit(SharePartition share) {
    return configs.apply(share.key.group()).deliveryCountLimit();
  }

  // ---- acknowledge ----

  void acknowledge(
      SharePartitionKey key,
      long owner,
      List<AcknowledgementBatch> batches,
      CompletableFuture<Void> answer) {
    SharePartition share = table.get(key);
    if (share == null) {
      throw new BrokerException(
          BrokerError.INVALID_RECORD_STATE, "the group has no records of the partition");
    }
    ShareGroupConfig config = configs.apply(key.group());
    InFlightRecords.Plan plan =
        share.window.acknowledge(owner, batches, config.deliveryCountLimit());
    if (!plan.renewed().isEmpty()) {
      if (!config.renewal()) {
        throw new BrokerException(
            BrokerError.INVALID_RECORD_STATE,
            "records of group "
                + key.group()
                + " cannot be renewed (share.renew.acknowledge.enable)");
      }
      share.window.renew(plan.renewed(), clock.nanos() + config.recordLockDuration().toNanos());
    }
    store(share, plan.changes());
    journal.answer(answer, null);
  }

  void release(SharePartitionKey key, long owner, CompletableFuture<Void> answer) {
    SharePartition share = table.get(key);
    if (share != null) {
      store(share, share.window.release(owner, deliveryLimit(share)));
    }
    journal.answer(answer, null);
  }

  // ---- administration ----

  void offsets(String group, CompletableFuture<List<ShareOffset>> answer) {
    List<ShareOffset> offsets = new ArrayList<>();
    for (SharePartition share : table.values()) {
      if (share.key.group().equals(group)) {
        offsets.add(new ShareOffset(share.key, share.window.start(), share.window.finished()));
      }
    }
    journal.answer(answer, offsets);
  }

  void startAt(SharePartitionKey key, long offset, CompletableFuture<Void> answer) {
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
      cancelTimer(share);
      share.wakeAll();
    }
    journal.answer(answer, null);
  }

  void forget(String group, @Nullable UUID topicId, CompletableFuture<Boolean> answer) {
    boolean known =
        forget(
            key -> key.group().equals(group) && (topicId == null || key.topicId().equals(topicId)));
    journal.answer(answer, known);
  }

  /** Forgets what is known of topics that have gone. */
  void forgetTopics(Predicate<UUID> exists) {
    try {
      boolean unused = forget(key -> !exists.test(key.topicId()));
    } catch (BrokerException e) {
      LOG.warn("What groups shared of a deleted topic stays until the next start", e);
    }
  }

  private boolean forget(Predicate<SharePartitionKey> which) {
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

  /** Refuses calls from now on, and wakes those who wait. */
  void close() {
    mailbox.execute(
        () -> {
          closed = true;
          for (SharePartition share : table.values()) {
            cancelTimer(share);
            share.wakeAll();
          }
        });
  }
}
