package io.millrace.broker.transaction;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Partition.TransactionEnd;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.transaction.TransactionRecord.Transaction;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries a decision to all partitions of a transaction. Any thread. */
final class TransactionMarkers {

  private static final Logger LOG = LoggerFactory.getLogger(TransactionMarkers.class);

  private final Function<TopicPartition, @Nullable Partition> partitions;
  private final int coordinatorEpoch;

  /**
   * @param partitions finds a partition; null for one that has been deleted
   */
  TransactionMarkers(
      Function<TopicPartition, @Nullable Partition> partitions, int coordinatorEpoch) {
    this.partitions = partitions;
    this.coordinatorEpoch = coordinatorEpoch;
  }

  /**
   * Writes the markers of a decided transaction.
   *
   * @param done called once, on any thread: true when no partition lacks its marker any more
   */
  void write(Transaction decided, Consumer<Boolean> done) {
    Set<TopicPartition> all = decided.partitions();
    if (all.isEmpty()) {
      done.accept(true);
      return;
    }
    TransactionEnd end =
        new TransactionEnd(
            decided.producerId(),
            decided.epoch(),
            decided.state() == TransactionState.PREPARE_COMMIT,
            coordinatorEpoch);
    AtomicInteger left = new AtomicInteger(all.size());
    AtomicBoolean complete = new AtomicBoolean(true);
    for (TopicPartition id : all) {
      Consumer<@Nullable BrokerException> one =
          failure -> {
            if (failure != null && failure.error() != BrokerError.UNKNOWN_TOPIC_OR_PARTITION) {
              LOG.warn("{} could not be told the end of a transaction: {}", id, failure.toString());
              complete.set(false);
            }
            if (left.decrementAndGet() == 0) {
              done.accept(complete.get());
            }
          };
      Partition partition = partitions.apply(id);
      if (partition == null) {
        one.accept(null);
      } else {
        partition.endTransaction(end, one);
      }
    }
  }
}
