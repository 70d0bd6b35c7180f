package io.millrace.broker.topic;

import io.millrace.broker.BrokerException;
import io.millrace.broker.producer.ProducerStates;
import io.millrace.broker.topic.Partition.TransactionEnd;
import io.millrace.log.AppendInfo;
import io.millrace.log.Durability;
import io.millrace.log.LogException;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.TransactionMarker;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A transaction's marker on its way into one partition, as {@link PartitionAppend} is a batch's.
 * The aborted transaction is in the index before the last stable offset passes it.
 */
final class PartitionMarker implements Runnable, PartitionLog.DurabilityListener {

  private final LogPartition partition;
  private final TransactionEnd end;
  private final Consumer<@Nullable BrokerException> done;
  private long written;

  PartitionMarker(
      LogPartition partition, TransactionEnd end, Consumer<@Nullable BrokerException> done) {
    this.partition = partition;
    this.end = end;
    this.done = done;
  }

  @Override
  public void run() {
    try {
      partition.checkOpen();
      written = write();
    } catch (BrokerException e) {
      done.accept(e);
      return;
    } catch (LogException e) {
      done.accept(LogRefusal.of(e));
      return;
    }
    if (partition.settings().log().durability() == Durability.COMMIT) {
      partition.log().whenDurable(written, this);
    } else {
      partition.advance(written);
      done.accept(null);
    }
  }

  /** Returns the offset after what the caller of {@link Partition#endTransaction} waits for. */
  private long write() {
    ProducerStates producers = partition.producers();
    if (!producers.awaitsMarker(end.producerId(), end.epoch())) {
      return partition.log().endOffset();
    }
    long now = partition.nowMillis();
    ByteBuffer marker =
        TransactionMarker.build(
            end.producerId(), end.epoch(), end.commit(), end.coordinatorEpoch(), now);
    int bytes = marker.remaining();
    AppendInfo info = partition.log().appendControl(marker, partition.leaderEpoch());
    producers.ended(
        end.producerId(),
        end.epoch(),
        end.commit(),
        info.baseOffset(),
        end.coordinatorEpoch(),
        now);
    partition.transactionEnded(end);
    partition.written(1, bytes);
    return info.lastOffset() + 1;
  }

  /** On the thread that forced the log. */
  @Override
  public void durable(@Nullable LogException failure) {
    if (failure == null) {
      partition.advance(written);
      done.accept(null);
    } else {
      done.accept(partition.lost(failure));
    }
  }
}
