package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.producer.AbortedTransactions;
import io.millrace.broker.producer.ActiveProducer;
import io.millrace.broker.producer.ProducerStates;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.log.Durability;
import io.millrace.log.EpochEnd;
import io.millrace.log.LogException;
import io.millrace.log.LogSlice;
import io.millrace.log.PartitionLog;
import io.millrace.log.TimestampOffset;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A partition that is led by this node. Whatever writes runs in its mailbox; whatever reads goes to
 * the log at once.
 */
public final class LogPartition implements Partition {

  private final TopicPartition id;
  private final PartitionLog log;
  private final int leaderEpoch;
  private final Clock clock;
  private final Mailbox mailbox;
  private final Recompression recompression;
  private final PartitionProducers producers;
  private final HighWatermarkWaiters waiters = new HighWatermarkWaiters();
  private final HighWatermarkWaiters.Watermark visible = this::visible;
  private final HighWatermarkWaiters stableWaiters = new HighWatermarkWaiters();
  private final LongAdder recordsIn = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private volatile TopicSettings settings;
  private volatile @Nullable BrokerError ended;
  private Consumer<TransactionEnd> transactionListener = end -> {};

  /**
   * Takes the lead of an open log.
   *
   * @param name the log's
   * @param dataFolder where the log's directory is, in which the producers' snapshot is kept too
   * @param producers empty
   * @param recompressors runs what a codec of the topic's own costs
   */
  LogPartition(
      TopicPartition id,
      String name,
      Path dataFolder,
      PartitionLog log,
      TopicSettings settings,
      int leaderEpoch,
      ProducerStates producers,
      Executor recompressors,
      Clock clock) {
    this.id = id;
    this.log = log;
    this.settings = settings;
    this.leaderEpoch = leaderEpoch;
    this.clock = clock;
    this.mailbox = new Mailbox(name);
    this.recompression = new Recompression(recompressors);
    this.producers =
        new PartitionProducers(id, dataFolder, log, settings.log(), producers, clock.millis());
    // What recovery found may be in the page cache only.
    long end = log.endOffset();
    if (settings.log().durability() == Durability.COMMIT) {
      log.whenDurable(
          end,
          failure -> {
            if (failure == null) {
              advance(end);
            }
          });
    } else {
      log.advanceHighWatermark(end);
    }
  }

  /**
   * Completes once what was read back at the start is visible, or will not be since the disk
   * refuses; before the first append.
   */
  CompletableFuture<Void> recovered() {
    CompletableFuture<Void> visible = new CompletableFuture<>();
    // Told after the one who moves the high watermark, who has asked before.
    log.whenDurable(log.endOffset(), failure -> visible.complete(null));
    return visible;
  }

  @Override
  public TopicPartition id() {
    return id;
  }

  @Override
  public int leaderEpoch() {
    return leaderEpoch;
  }

  /** Runs what owns this partition's state. */
  Mailbox mailbox() {
    return mailbox;
  }

  /** The log, whose writer's methods are for tasks of {@link #mailbox} only. */
  PartitionLog log() {
    return log;
  }

  // ---- append ----

  @Override
  public void append(ByteBuffer batches, Acks acks, AppendCallback done) {
    enter(batches, acks, PartitionAppend.NOT_VOUCHED, done);
  }

  private void enter(ByteBuffer batches, Acks acks, long vouched, AppendCallback done) {
    TopicSettings now = settings;
    if (recompression.isIdle() && Recompression.hasCodec(batches, now.compression())) {
      mailbox.execute(new PartitionAppend(this, batches, acks, vouched, done));
      return;
    }
    recompression.submit(
        batches,
        now.compression(),
        now.log().records().maxDecompressedBytes(),
        kept -> mailbox.execute(new PartitionAppend(this, kept, acks, vouched, done)),
        done);
  }

  // ---- transactions ----

  @Override
  public long markersWritten() {
    return producers.markersWritten();
  }

  @Override
  public void appendVouched(ByteBuffer batches, Acks acks, long vouched, AppendCallback done) {
    enter(batches, acks, vouched, done);
  }

  @Override
  public void endTransaction(TransactionEnd end, Consumer<@Nullable BrokerException> done) {
    mailbox.execute(new PartitionMarker(this, end, done));
  }

  /** Publishes where the first open transaction begins; in the mailbox. */
  void transactionsChanged() {
    producers.transactionsChanged();
  }

  /** A marker has been written; in the mailbox. */
  void transactionEnded(TransactionEnd end) {
    transactionsChanged();
    transactionListener.accept(end);
  }

  /** Has all ends of transactions told from now on, in the mailbox. */
  void onTransactionEnd(Consumer<TransactionEnd> listener) {
    transactionListener = listener;
  }

  @Override
  public long lastStableOffset() {
    // In this order: a transaction is noted as open before its first record becomes visible.
    long highWatermark = log.highWatermark();
    return Math.min(highWatermark, Math.max(producers.firstUndecided(), log.startOffset()));
  }

  /** As {@link #lastStableOffset}, of records that are not durable yet, too. */
  long decidedEnd() {
    return Math.min(log.endOffset(), Math.max(producers.firstUndecided(), log.startOffset()));
  }

  @Override
  public AbortedTransactions.View abortedTransactions() {
    return producers.aborted();
  }

  @Override
  public CompletionStage<List<ActiveProducer>> activeProducers() {
    return inMailbox(
        () -> {
          checkOpen();
          return producers.states().describe();
        });
  }

  // ---- the broker's own ----

  /** For the broker's own records, where this is a partition of an internal topic. */
  public PartitionJournal journal() {
    return new PartitionJournal(this);
  }

  /** The settings that hold now. */
  TopicSettings settings() {
    return settings;
  }

  ProducerStates producers() {
    return producers.states();
  }

  long nowMillis() {
    return clock.millis();
  }

  /** Refuses when there is no partition any more. */
  void checkOpen() {
    BrokerError reason = ended;
    if (reason != null) {
      throw new BrokerException(
          reason,
          reason == BrokerError.CLOSING
              ? "the node is closing"
              : "partition " + id + " has been deleted");
    }
  }

  /** Counts what was written; in the mailbox. */
  void written(long records, int bytes) {
    recordsIn.add(records);
    bytesIn.add(bytes);
    producers.written(bytes);
  }

  /** Why an append that was written is not acknowledged. */
  BrokerException lost(LogException failure) {
    BrokerError reason = ended;
    return reason == null
        ? LogRefusal.of(failure)
        : new BrokerException(reason, "partition " + id + " ended before it was on disk");
  }

  /** Shows records to consumers and wakes those who wait for them. */
  void advance(long highWatermark) {
    log.advanceHighWatermark(highWatermark);
    wake(highWatermark);
  }

  /** Wakes those who wait for what lies before the high watermark. */
  void wake(long highWatermark) {
    waiters.movedTo(highWatermark);
    stableWaiters.movedTo(lastStableOffset());
  }

  /** Records before an offset are about to be deleted; in the mailbox. */
  void keepProducersBefore(long offset) {
    producers.keepBefore(offset);
  }

  // ---- read ----

  @Override
  public long startOffset() {
    return log.startOffset();
  }

  @Override
  public long highWatermark() {
    return log.highWatermark();
  }

  @Override
  public long endOffset() {
    return log.endOffset();
  }

  @Override
  public long sizeBytes() {
    return log.sizeBytes();
  }

  @Override
  public LogSlice read(long offset, int maxBytes) {
    return readBefore(offset, maxBytes, log.highWatermark());
  }

  @Override
  public LogSlice readAsFollower(long offset, int maxBytes) {
    return readBefore(offset, maxBytes, log.endOffset());
  }

  @Override
  public LogSlice readBefore(long offset, int maxBytes, long limit) {
    checkOpen();
    // A consumer that stands between the high watermark and the end is early, not lost.
    long from = offset > limit && offset <= log.endOffset() ? limit : offset;
    try {
      LogSlice slice = log.read(from, maxBytes, limit);
      bytesOut.add(slice.length());
      return slice;
    } catch (LogException e) {
      throw LogRefusal.of(e);
    }
  }

  /** What those who wait go by: the end of the partition ends all waits. */
  private long visible() {
    return ended == null ? log.highWatermark() : Long.MAX_VALUE;
  }

  @Override
  public Runnable whenPast(long offset, Runnable wake) {
    return waiters.whenPast(offset, wake, visible);
  }

  @Override
  public Runnable whenStablePast(long offset, Runnable wake) {
    return stableWaiters.whenPast(
        offset, wake, () -> ended == null ? lastStableOffset() : Long.MAX_VALUE);
  }

  @Override
  public Optional<TimestampOffset> firstAtOrAfter(long timestampMillis) {
    checkOpen();
    return LogRefusal.naming(() -> log.firstAtOrAfter(timestampMillis));
  }

  @Override
  public Optional<TimestampOffset> latestTimestamp() {
    checkOpen();
    return LogRefusal.naming(log::latestTimestamp);
  }

  @Override
  public EpochEnd endOfEpoch(int epoch) {
    checkOpen();
    return epoch == leaderEpoch
        ? new EpochEnd(epoch, log.endOffset())
        : LogRefusal.naming(() -> log.endOfEpoch(epoch));
  }

  @Override
  public Figures figures() {
    return new Figures(
        recordsIn.sum(),
        bytesIn.sum(),
        bytesOut.sum(),
        producers.count(),
        waiters.count() + stableWaiters.count());
  }

  // ---- upkeep ----

  @Override
  public long deleteBefore(long offset) {
    return join(inMailbox(new RecordDeletion(this, offset)));
  }

  /** Rolls, deletes and compacts as configured, and forgets silent producers. */
  CompletionStage<Long> clean() {
    return inMailbox(
        () -> {
          if (ended != null) {
            return 0L;
          }
          producers.expire(clock.millis());
          long freed = log.clean(lastStableOffset(), producers.aborted());
          producers.forgetCompacted();
          return freed;
        });
  }

  /** Applies changed settings. */
  CompletionStage<Void> configure(TopicSettings changed) {
    return inMailbox(
        () -> {
          if (ended == null) {
            settings = changed;
            producers.configure(changed.log());
            log.configure(changed.log());
            if (changed.log().durability() != Durability.COMMIT) {
              advance(log.endOffset());
            }
          }
          return null;
        });
  }

  /**
   * Ends all work: nothing more is written, those who wait are woken. Completes once no task of
   * this partition touches the log any more.
   *
   * @param reason what later calls are told
   */
  CompletionStage<Void> end(BrokerError reason) {
    return inMailbox(
        () -> {
          if (ended == null) {
            ended = reason;
            if (reason == BrokerError.CLOSING) {
              producers.keep();
            }
            waiters.wakeAll();
            stableWaiters.wakeAll();
          }
          return null;
        });
  }

  private <T> CompletableFuture<T> inMailbox(Supplier<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    mailbox.execute(
        () -> {
          try {
            result.complete(task.get());
          } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** Mailbox tasks are short and never wait for anything, so neither does this for long. */
  private static <T> T join(CompletableFuture<T> result) {
    try {
      return result.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof BrokerException refusal ? refusal : e;
    }
  }
}
