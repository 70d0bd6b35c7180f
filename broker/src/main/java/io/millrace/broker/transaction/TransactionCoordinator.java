package io.millrace.broker.transaction;

import io.millrace.broker.topic.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Transactions, as Kafka's clients know them (KIP-98, KIP-890). Any thread may call; every stage
 * completes without blocking, or fails with a {@link io.millrace.broker.BrokerException}. {@code
 * CONCURRENT_TRANSACTIONS} means: the former transaction is about to end, try again.
 */
public interface TransactionCoordinator {

  /** Stands for a producer id that is not known. */
  long NO_PRODUCER = -1;

  /** Stands for an epoch that is not known. */
  short NO_EPOCH = -1;

  /**
   * Begins the work of a producer under a transactional id: fences the one before, aborts what that
   * left open.
   */
  CompletionStage<ProducerEpoch> init(InitCommand command);

  /** Takes partitions into the producer's transaction, which begins with the first of them. */
  CompletionStage<Void> add(
      TransactionalProducer producer, Set<TopicPartition> partitions, Protocol protocol);

  /** Completes when all these partitions are in the producer's open transaction; else fails. */
  CompletionStage<Void> verify(TransactionalProducer producer, Set<TopicPartition> partitions);

  /**
   * Ends the producer's transaction: completes once the outcome is durable and the markers are
   * written, with the id and epoch for the next transaction.
   */
  CompletionStage<ProducerEpoch> end(
      TransactionalProducer producer, boolean commit, Protocol protocol);

  /** What is known under a transactional id; empty when nothing is. */
  CompletionStage<Optional<TransactionDescription>> describe(String transactionalId);

  /** All transactional ids. */
  CompletionStage<List<TransactionDescription>> list();

  /** How a producer speaks. */
  enum Protocol {
    /** Adds partitions by requests of its own; keeps its epoch. */
    V1,
    /** Adds partitions by writing to them; has a new epoch after each transaction (KIP-890). */
    V2
  }

  /** Who calls. */
  record TransactionalProducer(String transactionalId, long producerId, short epoch) {}

  /** An id and epoch that a producer writes with. */
  record ProducerEpoch(long producerId, short epoch) {}

  /**
   * A wish to begin.
   *
   * @param timeoutMillis a transaction that is open for longer is aborted
   * @param producerId the one that the producer has, or {@link #NO_PRODUCER} (KIP-360)
   * @param epoch the one that the producer has, or {@link #NO_EPOCH}
   */
  record InitCommand(String transactionalId, int timeoutMillis, long producerId, short epoch) {}

  /**
   * A transactional id as administrators see it.
   *
   * @param startMillis when its open transaction began, or -1
   * @param partitions of its open transaction
   */
  record TransactionDescription(
      String transactionalId,
      TransactionState state,
      int timeoutMillis,
      long startMillis,
      long producerId,
      short epoch,
      Set<TopicPartition> partitions) {}
}
