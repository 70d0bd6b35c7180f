package io.millrace.kafka.produce;

import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.transaction.TransactionCoordinator;
import io.millrace.broker.transaction.TransactionCoordinator.Protocol;
import io.millrace.broker.transaction.TransactionCoordinator.TransactionalProducer;
import io.millrace.kafka.wire.ErrorCodes;
import io.millrace.log.batch.RecordBatchView;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The transactional batches of one Produce request: the coordinator is asked about their
 * partitions, all at once, before they are appended (KIP-890). From version 12 on, that takes the
 * partitions into the transaction; older clients have done so by a request of its own.
 *
 * <p>Requests of one connection keep their order: the coordinator answers those about one
 * transactional id in the order in which they came.
 */
final class TransactionalProduce {

  private static final short FIRST_WITH_ABORTABLE = 11;
  private static final short FIRST_THAT_ADDS = 12;

  /**
   * One batch.
   *
   * @param markers see {@link Partition#markersWritten}
   */
  record VouchedAppend(
      PartitionAppend append, Partition partition, ByteBuffer bytes, long markers) {

    long producerId() {
      return RecordBatchView.producerId(bytes, 0);
    }

    short epoch() {
      return RecordBatchView.producerEpoch(bytes, 0);
    }

    boolean isOf(VouchedAppend other) {
      return producerId() == other.producerId() && epoch() == other.epoch();
    }
  }

  private TransactionalProduce() {}

  static void start(
      TransactionCoordinator transactions,
      String transactionalId,
      List<VouchedAppend> appends,
      Partition.Acks acks,
      short version) {
    VouchedAppend first = appends.getFirst();
    Set<TopicPartition> partitions = new HashSet<>();
    boolean oneProducer = true;
    for (VouchedAppend each : appends) {
      partitions.add(each.partition().id());
      oneProducer &= each.isOf(first);
    }
    if (!oneProducer) {
      refuse(appends, Errors.INVALID_RECORD, "a request must be of one producer and epoch");
      return;
    }
    TransactionalProducer producer =
        new TransactionalProducer(transactionalId, first.producerId(), first.epoch());
    CompletionStage<Void> vouched =
        version >= FIRST_THAT_ADDS
            ? transactions.add(producer, partitions, Protocol.V2)
            : transactions.verify(producer, partitions);
    CompletionStage<Void> unused =
        vouched.whenComplete(
            (done, failure) -> {
              if (failure == null) {
                append(appends, acks);
              } else {
                refuse(
                    appends,
                    error(ErrorCodes.of(failure), version),
                    ErrorCodes.cause(failure).getMessage());
              }
            });
  }

  private static void append(List<VouchedAppend> appends, Partition.Acks acks) {
    for (VouchedAppend each : appends) {
      each.partition().appendVouched(each.bytes(), acks, each.markers(), each.append());
    }
  }

  private static void refuse(List<VouchedAppend> appends, Errors error, @Nullable String message) {
    appends.forEach(each -> each.append().refuse(error, message));
  }

  /** As Kafka's AddPartitionsToTxnManager and ReplicaManager translate for a producer. */
  private static Errors error(Errors error, short version) {
    return switch (error) {
      case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
      case TRANSACTION_ABORTABLE ->
          version >= FIRST_WITH_ABORTABLE ? Errors.TRANSACTION_ABORTABLE : Errors.INVALID_TXN_STATE;
      case CONCURRENT_TRANSACTIONS ->
          version >= FIRST_THAT_ADDS ? error : Errors.NOT_ENOUGH_REPLICAS;
      // A producer does not look for the coordinator; with this it sends the batch again.
      case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR ->
          Errors.NOT_ENOUGH_REPLICAS;
      default -> error;
    };
  }
}
