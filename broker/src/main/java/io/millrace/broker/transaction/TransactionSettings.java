package io.millrace.broker.transaction;

import io.millrace.core.SettingException;
import io.millrace.log.Durability;
import java.time.Duration;

/**
 * What can be told to the coordinator of transactions. Immutable.
 *
 * @param statePartitions partitions of {@code __transaction_state}, fixed when the data folder is
 *     first used (Kafka's {@code transaction.state.log.num.partitions})
 * @param stateDurability when a step of a transaction may be answered
 * @param maxTimeout a producer that asks for a longer one is refused (Kafka's {@code
 *     transaction.max.timeout.ms})
 * @param timeoutCheckInterval time between two looks for transactions that take too long
 * @param idExpiry a transactional id without a transaction is forgotten after this time (Kafka's
 *     {@code transactional.id.expiration.ms})
 * @param idExpiryCheckInterval time between two looks for those
 * @param maxTransactionalIds on this node
 */
public record TransactionSettings(
    int statePartitions,
    Durability stateDurability,
    Duration maxTimeout,
    Duration timeoutCheckInterval,
    Duration idExpiry,
    Duration idExpiryCheckInterval,
    int maxTransactionalIds) {

  /** Checks the ranges. */
  public TransactionSettings {
    atLeastOne("transactions.state.partitions", statePartitions);
    atLeastOne("transactions.max-timeout", maxTimeout.toMillis());
    atLeastOne("transactions.timeout-interval", timeoutCheckInterval.toMillis());
    atLeastOne("transactions.id-expiry", idExpiry.toMillis());
    atLeastOne("transactions.id-expiry-interval", idExpiryCheckInterval.toMillis());
    atLeastOne("transactions.max-ids", maxTransactionalIds);
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new SettingException(name, "is " + value, "1 or more");
    }
  }

  /** Kafka's defaults, with bounds where Kafka has none. */
  public static TransactionSettings defaults() {
    return new TransactionSettings(
        8,
        Durability.COMMIT,
        Duration.ofMinutes(15),
        Duration.ofSeconds(1),
        Duration.ofDays(7),
        Duration.ofHours(1),
        1_000_000);
  }

  /** With other times for the forgetting of ids. */
  public TransactionSettings withIdExpiry(Duration expiry, Duration checkInterval) {
    return new TransactionSettings(
        statePartitions,
        stateDurability,
        maxTimeout,
        timeoutCheckInterval,
        expiry,
        checkInterval,
        maxTransactionalIds);
  }

  /** With another durability of the coordinator's records. */
  public TransactionSettings withStateDurability(Durability durability) {
    return new TransactionSettings(
        statePartitions,
        durability,
        maxTimeout,
        timeoutCheckInterval,
        idExpiry,
        idExpiryCheckInterval,
        maxTransactionalIds);
  }
}
