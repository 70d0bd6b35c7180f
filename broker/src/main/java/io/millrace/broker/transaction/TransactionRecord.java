package io.millrace.broker.transaction;

import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.transaction.TransactionCoordinator.Protocol;
import java.util.Set;

/** A fact in {@code __transaction_state}. A later one with the same id replaces an earlier one. */
sealed interface TransactionRecord {

  /** What the fact is about, which decides the partition that it goes to. */
  String transactionalId();

  /** A transactional id is not used any more: a tombstone. */
  record IdForgotten(String transactionalId) implements TransactionRecord {}

  /**
   * All that is known under a transactional id: the state of {@link TransactionShard}, immutable.
   *
   * @param previousProducerId the one before, when epochs were used up; else -1
   * @param nextProducerId the one after this transaction, when epochs are used up; else -1
   * @param lastEpoch the epoch before, when its producer itself asked for a newer one; not stored,
   *     -1 when not known
   * @param updateMillis when it came into this state
   * @param startMillis when the transaction began, or -1
   * @param protocol of the producer of the present transaction
   */
  record Transaction(
      String transactionalId,
      long producerId,
      short epoch,
      long previousProducerId,
      long nextProducerId,
      short lastEpoch,
      int timeoutMillis,
      TransactionState state,
      Set<TopicPartition> partitions,
      long updateMillis,
      long startMillis,
      Protocol protocol)
      implements TransactionRecord {

    /** With another producer, and no transaction. */
    Transaction begunAnew(
        long newProducerId, short newEpoch, long previous, short last, int timeout, long now) {
      return new Transaction(
          transactionalId,
          newProducerId,
          newEpoch,
          previous,
          -1,
          last,
          timeout,
          TransactionState.EMPTY,
          Set.of(),
          now,
          -1,
          protocol);
    }

    /** With these partitions in the open transaction. */
    Transaction ongoing(Set<TopicPartition> all, Protocol by, long now) {
      return new Transaction(
          transactionalId,
          producerId,
          epoch,
          previousProducerId,
          -1,
          lastEpoch,
          timeoutMillis,
          TransactionState.ONGOING,
          all,
          now,
          state == TransactionState.ONGOING ? startMillis : now,
          by);
    }

    /** Decided; the markers are to have that epoch. */
    Transaction prepared(boolean commit, short markerEpoch, long next, Protocol by, long now) {
      return new Transaction(
          transactionalId,
          producerId,
          markerEpoch,
          previousProducerId,
          next,
          lastEpoch,
          timeoutMillis,
          commit ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT,
          state == TransactionState.ONGOING ? partitions : Set.of(),
          now,
          startMillis,
          by);
    }

    /** All markers are written. */
    Transaction completed(long now) {
      boolean rotates = nextProducerId >= 0;
      return new Transaction(
          transactionalId,
          rotates ? nextProducerId : producerId,
          rotates ? 0 : epoch,
          rotates ? producerId : previousProducerId,
          -1,
          lastEpoch,
          timeoutMillis,
          state == TransactionState.PREPARE_COMMIT
              ? TransactionState.COMPLETE_COMMIT
              : TransactionState.COMPLETE_ABORT,
          Set.of(),
          now,
          -1,
          protocol);
    }
  }
}
