package io.millrace.broker.transaction;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.transaction.TransactionCoordinator.InitCommand;
import io.millrace.broker.transaction.TransactionCoordinator.Protocol;
import io.millrace.broker.transaction.TransactionCoordinator.TransactionalProducer;
import io.millrace.broker.transaction.TransactionRecord.Transaction;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each request makes of a transaction: plain functions from the present state to the next one,
 * or to a refusal. The same state as before means that there is nothing to store.
 *
 * <p>Epochs are 0 to 32767; the last one is never a producer's, only a marker's that fences it.
 * When the next epoch would be that one, the producer gets another id with epoch 0. Such an id
 * comes from elsewhere: without it ({@code freshId} -1) the functions throw {@link
 * NeedsProducerId}.
 */
final class TransactionRules {

  private static final short LAST_EPOCH = Short.MAX_VALUE;

  /** The request needs a producer id that nobody had. */
  static final class NeedsProducerId extends RuntimeException {

    private static final long serialVersionUID = 1;

    NeedsProducerId() {
      super("a new producer id is needed", null, false, false);
    }
  }

  private TransactionRules() {}

  // ---- begin ----

  /** A producer begins; on {@code ONGOING} the caller aborts what is open instead. */
  static Transaction init(
      @Nullable Transaction now, InitCommand command, long freshId, long nowMillis) {
    int timeout = command.timeoutMillis();
    if (now == null) {
      return new Transaction(
          command.transactionalId(),
          fresh(freshId),
          (short) 0,
          -1,
          -1,
          (short) -1,
          timeout,
          TransactionState.EMPTY,
          Set.of(),
          nowMillis,
          -1,
          Protocol.V1);
    }
    boolean known = command.producerId() != TransactionCoordinator.NO_PRODUCER;
    boolean rotated =
        known
            && command.producerId() == now.previousProducerId()
            && command.epoch() >= LAST_EPOCH - 1;
    if (known && command.producerId() != now.producerId() && !rotated) {
      throw fenced(now);
    }
    if (now.state().isPrepared()) {
      throw concurrent(now);
    }
    if (known && now.state() != TransactionState.ONGOING) {
      if (rotated || (command.epoch() == now.lastEpoch() && command.epoch() != now.epoch())) {
        return now; // The answer to this very request was lost.
      }
    }
    if (known && command.epoch() != now.epoch()) {
      throw fenced(now);
    }
    short last = known ? now.epoch() : -1;
    if (now.epoch() >= LAST_EPOCH - 1) {
      return now.begunAnew(fresh(freshId), (short) 0, now.producerId(), last, timeout, nowMillis);
    }
    return now.begunAnew(
        now.producerId(),
        (short) (now.epoch() + 1),
        now.previousProducerId(),
        last,
        timeout,
        nowMillis);
  }

  // ---- work ----

  /** Partitions come into the transaction. */
  static Transaction add(
      @Nullable Transaction present,
      TransactionalProducer producer,
      Set<TopicPartition> partitions,
      Protocol protocol,
      long nowMillis) {
    Transaction now = checked(present, producer);
    if (now.state().isPrepared()) {
      throw concurrent(now);
    }
    if (now.state() != TransactionState.ONGOING) {
      return now.ongoing(Set.copyOf(partitions), protocol, nowMillis);
    }
    if (now.partitions().containsAll(partitions)) {
      return now;
    }
    Set<TopicPartition> all = new HashSet<>(now.partitions());
    all.addAll(partitions);
    return now.ongoing(Set.copyOf(all), protocol, nowMillis);
  }

  /** Refuses when one of the partitions is not in the open transaction. */
  static void verify(
      @Nullable Transaction present,
      TransactionalProducer producer,
      Set<TopicPartition> partitions) {
    Transaction now = checked(present, producer);
    if (now.state().isPrepared()) {
      throw concurrent(now);
    }
    if (now.state() != TransactionState.ONGOING || !now.partitions().containsAll(partitions)) {
      throw new BrokerException(
          BrokerError.TRANSACTION_ABORTABLE,
          "a partition was not added to the transaction of " + now.transactionalId());
    }
  }

  private static Transaction checked(@Nullable Transaction now, TransactionalProducer producer) {
    if (now == null || now.producerId() != producer.producerId()) {
      throw unmapped(producer);
    }
    if (now.epoch() != producer.epoch()) {
      throw fenced(now);
    }
    return now;
  }

  // ---- end ----

  /** The producer ends its transaction. */
  static Transaction end(
      @Nullable Transaction now,
      TransactionalProducer producer,
      boolean commit,
      Protocol protocol,
      long freshId,
      long nowMillis) {
    if (now == null) {
      throw unmapped(producer);
    }
    boolean newProtocol = protocol == Protocol.V2;
    boolean againAfterRotation =
        newProtocol
            && producer.producerId() == now.previousProducerId()
            && producer.epoch() == LAST_EPOCH - 1
            && now.epoch() == 0;
    if (producer.producerId() != now.producerId() && !againAfterRotation) {
      throw unmapped(producer);
    }
    // The epoch grew with the end, so the same request again has the one before.
    boolean again = againAfterRotation || (newProtocol && producer.epoch() == now.epoch() - 1);
    if (!again && producer.epoch() != now.epoch()) {
      throw fenced(now);
    }
    return switch (now.state()) {
      case ONGOING -> {
        if (again) {
          throw fenced(now);
        }
        yield prepare(now, commit, protocol, freshId, nowMillis);
      }
      case PREPARE_COMMIT -> {
        throw commit ? concurrent(now) : invalid(now, commit);
      }
      case PREPARE_ABORT -> {
        throw commit ? invalid(now, commit) : concurrent(now);
      }
      case COMPLETE_COMMIT -> {
        if (commit && (again || !newProtocol)) {
          yield now;
        }
        if (!commit && newProtocol && !again) {
          yield prepare(now, false, protocol, freshId, nowMillis);
        }
        throw invalid(now, commit);
      }
      case COMPLETE_ABORT -> {
        if (commit) {
          throw invalid(now, commit);
        }
        yield again || !newProtocol ? now : prepare(now, false, protocol, freshId, nowMillis);
      }
      case EMPTY -> {
        if (again) {
          throw fenced(now);
        }
        if (commit || !newProtocol) {
          throw invalid(now, commit);
        }
        yield prepare(now, false, protocol, freshId, nowMillis);
      }
    };
  }

  private static Transaction prepare(
      Transaction now, boolean commit, Protocol protocol, long freshId, long nowMillis) {
    if (protocol == Protocol.V1) {
      return now.prepared(commit, now.epoch(), -1, protocol, nowMillis);
    }
    short markerEpoch = (short) (now.epoch() + 1);
    long next = markerEpoch == LAST_EPOCH ? fresh(freshId) : -1;
    return now.prepared(commit, markerEpoch, next, protocol, nowMillis);
  }

  /**
   * The open transaction is aborted over its producer's head. The epoch grows by two under the new
   * protocol, so that the producer's next request does not look like one that is sent again.
   */
  static Transaction abortAndFence(Transaction now, long nowMillis) {
    int step = now.protocol() == Protocol.V2 ? 2 : 1;
    short epoch = (short) Math.min(LAST_EPOCH, now.epoch() + step);
    return now.prepared(false, epoch, -1, now.protocol(), nowMillis);
  }

  // ---- refusals ----

  private static long fresh(long freshId) {
    if (freshId < 0) {
      throw new NeedsProducerId();
    }
    return freshId;
  }

  private static BrokerException fenced(Transaction now) {
    return new BrokerException(
        BrokerError.PRODUCER_FENCED,
        "a newer producer has taken over transactional id " + now.transactionalId());
  }

  private static BrokerException concurrent(Transaction now) {
    return new BrokerException(
        BrokerError.CONCURRENT_TRANSACTIONS,
        "the former transaction of " + now.transactionalId() + " is about to end");
  }

  private static BrokerException unmapped(TransactionalProducer producer) {
    return new BrokerException(
        BrokerError.INVALID_PRODUCER_ID_MAPPING,
        "transactional id "
            + producer.transactionalId()
            + " does not belong to producer "
            + producer.producerId());
  }

  private static BrokerException invalid(Transaction now, boolean commit) {
    return new BrokerException(
        BrokerError.INVALID_TRANSACTION_STATE,
        "transactional id "
            + now.transactionalId()
            + " is in state "
            + now.state().label()
            + ", where nothing can be "
            + (commit ? "committed" : "aborted"));
  }
}
