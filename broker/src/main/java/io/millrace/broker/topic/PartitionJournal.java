package io.millrace.broker.topic;

import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition.TransactionEnd;
import io.millrace.core.Mailbox;
import io.millrace.log.AppendInfo;
import io.millrace.log.Durability;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.RecordBatchView;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A partition as the broker's own journal: the state that its records add up to shares the
 * partition's mailbox, so that a decision, its append and its effect are one task.
 */
public final class PartitionJournal {

  private final LogPartition partition;

  PartitionJournal(LogPartition partition) {
    this.partition = partition;
  }

  /** Runs what owns the partition's state. */
  public Mailbox mailbox() {
    return partition.mailbox();
  }

  /** The log, to be read back at start. */
  public PartitionLog log() {
    return partition.log();
  }

  /**
   * Appends a batch of the broker's own; for tasks of {@link #mailbox}.
   *
   * @return the offset after it
   * @throws BrokerException when nothing of it was appended
   */
  public long append(ByteBuffer batch) {
    partition.checkOpen();
    int bytes = batch.remaining();
    AppendInfo info =
        LogRefusal.naming(() -> partition.log().append(batch, partition.leaderEpoch()));
    partition.written(info.lastOffset() - info.baseOffset() + 1, bytes);
    return info.lastOffset() + 1;
  }

  /**
   * As {@link #append}, as part of a producer's transaction; the coordinator knows of it. The batch
   * carries the producer's id and epoch.
   *
   * @throws BrokerException with {@code INVALID_PRODUCER_EPOCH} when the transaction has ended
   */
  public long appendTransactional(
      ByteBuffer batch, long producerId, short epoch, long markersBefore) {
    partition.producers().checkUnnumbered(producerId, epoch, markersBefore);
    long end = append(batch);
    long first = RecordBatchView.baseOffset(batch, 0);
    partition.producers().appendedUnnumbered(producerId, epoch, first, partition.nowMillis());
    partition.transactionsChanged();
    return end;
  }

  /**
   * Offset before which all transactions have ended, whether or not the records are durable yet;
   * for tasks of {@link #mailbox}.
   */
  public long decidedEnd() {
    return partition.decidedEnd();
  }

  /** Nothing before a durable offset is needed any more; for tasks of {@link #mailbox}. */
  public void forgetBefore(long offset) {
    partition.log().advanceStartOffset(offset);
  }

  /** Has all ends of transactions told from now on, in the mailbox. */
  public void onTransactionEnd(Consumer<TransactionEnd> listener) {
    partition.onTransactionEnd(listener);
  }

  /**
   * Shows records once they are durable, and then tells; for tasks of {@link #mailbox}, in which
   * {@code then} is run too.
   */
  public void whenDurable(long offset, Consumer<@Nullable BrokerException> then) {
    if (!isDurable(offset, then)) {
      partition.log().whenDurable(offset, shownThen(offset, then));
    }
  }

  /** As {@link #whenDurable}, for records that nobody waits for: see {@link PartitionLog}. */
  public void whenForced(long offset, Consumer<@Nullable BrokerException> then) {
    if (!isDurable(offset, then)) {
      partition.log().whenForced(offset, shownThen(offset, then));
    }
  }

  private boolean isDurable(long offset, Consumer<@Nullable BrokerException> then) {
    if (partition.settings().log().durability() == Durability.COMMIT) {
      return false;
    }
    partition.advance(offset);
    then.accept(null);
    return true;
  }

  private PartitionLog.DurabilityListener shownThen(
      long offset, Consumer<@Nullable BrokerException> then) {
    return failure -> {
      if (failure == null) {
        partition.advance(offset);
      }
      BrokerException refusal = failure == null ? null : partition.lost(failure);
      partition.mailbox().execute(() -> then.accept(refusal));
    };
  }
}
