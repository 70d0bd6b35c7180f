package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.producer.ProducerStates;
import io.millrace.broker.topic.Partition.Acks;
import io.millrace.broker.topic.Partition.AppendCallback;
import io.millrace.log.AppendInfo;
import io.millrace.log.Durability;
import io.millrace.log.LogException;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.RecordBatchView;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One append on its way: through the partition's mailbox, and where it has to wait for the disk,
 * through the log's queue for the next force. It is the one object that an append costs the
 * partition.
 *
 * <pre>
 *   written ──(durability os, interval)──→ visible and answered
 *   written ──(commit)──→ acks=leader answered ──→ forced to disk ──→ visible, acks=all answered
 * </pre>
 *
 * <p>With commit, consumers see a record only once it is on disk: what they saw cannot vanish.
 */
final class PartitionAppend implements Runnable, PartitionLog.DurabilityListener {

  static final long NOT_VOUCHED = -1;

  private final LogPartition partition;
  private final ByteBuffer batches;
  private final Acks acks;
  private final long vouched;
  private @Nullable AppendCallback done;
  private @Nullable AppendInfo written;

  /**
   * @param vouched see {@link Partition#appendVouched}; {@link #NOT_VOUCHED} for other appends
   */
  PartitionAppend(
      LogPartition partition, ByteBuffer batches, Acks acks, long vouched, AppendCallback done) {
    this.vouched = vouched;
    this.partition = partition;
    this.batches = batches;
    this.acks = acks;
    this.done = done;
  }

  @Override
  public void run() {
    AppendInfo info;
    try {
      info = write();
    } catch (BrokerException e) {
      answer(null, e);
      return;
    } catch (LogException e) {
      answer(null, LogRefusal.of(e));
      return;
    }
    written = info;
    if (partition.settings().log().durability() == Durability.COMMIT) {
      if (acks == Acks.LEADER) {
        answer(info, null);
      }
      partition.log().whenDurable(info.lastOffset() + 1, this);
    } else {
      show(info);
    }
  }

  private AppendInfo write() {
    partition.checkOpen();
    int inSync = partition.settings().minInSyncReplicas();
    if (acks == Acks.ALL && inSync > 1) {
      throw new BrokerException(
          BrokerError.NOT_ENOUGH_REPLICAS,
          "partition "
              + partition.id()
              + " has 1 replica, and min.insync.replicas asks for "
              + inSync);
    }
    int at = batches.position();
    int bytes = batches.remaining();
    // Others are the log's to refuse, with all else that is wrong with a batch.
    if (bytes < RecordBatchView.HEADER_BYTES
        || RecordBatchView.magic(batches, at) != RecordBatchView.MAGIC) {
      return write(bytes);
    }
    if (RecordBatchView.isControl(batches, at)) {
      throw new BrokerException(
          BrokerError.INVALID_RECORD, "control batches are written by the broker only");
    }
    if (RecordBatchView.producerId(batches, at) >= 0) {
      return writeOnce(at, bytes);
    }
    if (RecordBatchView.isTransactional(batches, at)) {
      throw new BrokerException(
          BrokerError.INVALID_RECORD, "a transactional batch has no producer id");
    }
    return write(bytes);
  }

  private AppendInfo write(int bytes) {
    AppendInfo info = partition.log().append(batches, partition.leaderEpoch());
    partition.written(info.lastOffset() - info.baseOffset() + 1, bytes);
    return info;
  }

  /** Writes an idempotent producer's batch unless it is there already. */
  private AppendInfo writeOnce(int at, int bytes) {
    if (RecordBatchView.sizeBytes(batches, at) < bytes) {
      throw new BrokerException(
          BrokerError.INVALID_RECORD,
          "batches of an idempotent producer are appended one at a time");
    }
    ProducerStates producers = partition.producers();
    long producerId = RecordBatchView.producerId(batches, at);
    short epoch = RecordBatchView.producerEpoch(batches, at);
    int firstSequence = RecordBatchView.baseSequence(batches, at);
    int lastSequence = RecordBatchView.lastSequence(batches, at);
    AppendInfo seen = producers.check(producerId, epoch, firstSequence, lastSequence);
    if (seen != null) {
      return seen;
    }
    boolean transactional = RecordBatchView.isTransactional(batches, at);
    producers.checkTransaction(producerId, transactional, vouched);
    AppendInfo info = partition.log().append(batches, partition.leaderEpoch());
    producers.appended(
        producerId,
        epoch,
        firstSequence,
        lastSequence,
        info.baseOffset(),
        info.logAppendTimeMillis(),
        partition.nowMillis());
    if (transactional) {
      producers.inTransaction(producerId, info.baseOffset());
      partition.transactionsChanged();
    }
    partition.written(info.lastOffset() - info.baseOffset() + 1, bytes);
    return info;
  }

  /** On the thread that forced the log, which stays out of the mailbox: it serves all logs. */
  @Override
  public void durable(@Nullable LogException failure) {
    AppendInfo info = written;
    if (failure != null) {
      answer(null, partition.lost(failure));
    } else if (info != null) {
      show(info);
    }
  }

  /** Whoever knows of the answer finds the record; consumers are woken after it is under way. */
  private void show(AppendInfo info) {
    long highWatermark = info.lastOffset() + 1;
    partition.log().advanceHighWatermark(highWatermark);
    try {
      answer(info, null);
    } finally {
      partition.wake(highWatermark);
    }
  }

  private void answer(@Nullable AppendInfo info, @Nullable BrokerException refusal) {
    AppendCallback callback = done;
    if (callback != null) {
      done = null;
      callback.done(info, refusal);
    }
  }
}
