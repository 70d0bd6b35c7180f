package io.millrace.broker.group.share;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.ShareGroupConfig;
import io.millrace.broker.group.share.SharePartition.Waiter;
import io.millrace.broker.group.share.SharePartitions.AcquireCommand;
import io.millrace.broker.group.share.SharePartitions.Acquisition;
import io.millrace.broker.group.share.SharePartitions.ShareOffset;
import io.millrace.broker.topic.Partition;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share-partitions whose records live in one partition of {@code __share_group_state}, to whose
 * mailbox they belong. A decision is planned, stored and applied; an answer waits until what it
 * says is durable. Locks are neither stored nor waited for.
 */
final class ShareShard {

  private static final Logger LOG = LoggerFactory.getLogger(ShareShard.class);

  /** Until the end of locks that could not be stored is tried again. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Mailbox mailbox;
  private final SharePartitionStore store;
  private final Function<String, ShareGroupConfig> configs;
  private final Clock clock;
  private final Timer timer;
  private boolean closed;

  /**
   * @param store what is stored of the share-partitions
   * @param configs what holds for a group
   */
  ShareShard(
      Mailbox mailbox,
      SharePartitionStore store,
      Function<String, ShareGroupConfig> configs,
      Clock clock,
      Timer timer) {
    this.mailbox = mailbox;
    this.store = store;
    this.configs = configs;
    this.clock = clock;
    this.timer = timer;
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

  // ---- acquire ----

  void acquire(AcquireCommand command, CompletableFuture<Acquisition> answer) {
    SharePartition share = store.find(command.key());
    if (share == null) {
      ShareGroupConfig config = configs.apply(command.key().group());
      long start = config.reset().offset(command.partition(), clock.millis());
      share = store.make(command.key(), start);
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

  private void acquire(
      SharePartition share, AcquireCommand command, CompletableFuture<Acquisition> answer) {
    if (share.ready.isCompletedExceptionally() || store.find(command.key()) != share) {
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
      share.cancelLockTimer();
    }
    share.lockTimerNanos = deadlineNanos;
    long left = Math.max(0, deadlineNanos - clock.nanos());
    share.lockTimer =
        timer.after(
            Duration.ofNanos(left), () -> mailbox.execute(() -> endLocks(share, deadlineNanos)));
  }

  private void endLocks(SharePartition share, long deadlineNanos) {
    if (closed || share.lockTimer == null || share.lockTimerNanos != deadlineNanos) {
      return;
    }
    share.lockTimer = null;
    try {
      store.change(share, share.window.expired(clock.nanos(), deliveryLimit(share)));
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
    SharePartition share = store.find(key);
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
    store.change(share, plan.changes());
    store.answer(answer, null);
  }

  void release(SharePartitionKey key, long owner, CompletableFuture<Void> answer) {
    SharePartition share = store.find(key);
    if (share != null) {
      store.change(share, share.window.release(owner, deliveryLimit(share)));
    }
    store.answer(answer, null);
  }

  // ---- administration ----

  void offsets(String group, CompletableFuture<List<ShareOffset>> answer) {
    List<ShareOffset> offsets = new ArrayList<>();
    for (SharePartition share : store.all()) {
      if (share.key.group().equals(group)) {
        offsets.add(new ShareOffset(share.key, share.window.start(), share.window.finished()));
      }
    }
    store.answer(answer, offsets);
  }

  void startAt(SharePartitionKey key, long offset, CompletableFuture<Void> answer) {
    store.startAt(key, offset);
    store.answer(answer, null);
  }

  void forget(String group, @Nullable UUID topicId, CompletableFuture<Boolean> answer) {
    boolean known =
        store.forget(
            key -> key.group().equals(group) && (topicId == null || key.topicId().equals(topicId)));
    store.answer(answer, known);
  }

  /** Forgets what is known of topics that have gone. */
  void forgetTopics(Predicate<UUID> exists) {
    try {
      boolean unused = store.forget(key -> !exists.test(key.topicId()));
    } catch (BrokerException e) {
      LOG.warn("What groups shared of a deleted topic stays until the next start", e);
    }
  }

  /** Refuses calls from now on, and wakes those who wait. */
  void close() {
    mailbox.execute(
        () -> {
          closed = true;
          store.close();
          for (SharePartition share : store.all()) {
            share.cancelLockTimer();
            share.wakeAll();
          }
        });
  }
}
