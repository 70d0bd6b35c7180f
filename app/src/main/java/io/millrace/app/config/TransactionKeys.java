package io.millrace.app.config;

import java.time.Duration;
import java.util.List;

/** Transactions. */
public final class TransactionKeys {

  public static final Key<Duration> MAX_TIMEOUT =
      new Key<>(
          "transactions.max-timeout",
          Kind.DURATION,
          "15m",
          "The longest timeout of a transaction that a producer may ask for.");
  public static final Key<Duration> TIMEOUT_INTERVAL =
      new Key<>(
          "transactions.timeout-interval",
          Kind.DURATION,
          "1s",
          "Time between two looks for transactions that take too long.");
  public static final Key<Duration> ID_EXPIRY =
      new Key<>(
          "transactions.id-expiry",
          Kind.DURATION,
          "7d",
          "A transactional id without a transaction is forgotten after this.");
  public static final Key<Duration> ID_EXPIRY_INTERVAL =
      new Key<>(
          "transactions.id-expiry-interval",
          Kind.DURATION,
          "1h",
          "Time between two looks for those.");
  public static final Key<Integer> MAX_IDS =
      new Key<>(
          "transactions.max-ids",
          Kind.count(1, Integer.MAX_VALUE),
          "1000000",
          "Transactional ids of the node.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(MAX_TIMEOUT, TIMEOUT_INTERVAL, ID_EXPIRY, ID_EXPIRY_INTERVAL, MAX_IDS);

  private TransactionKeys() {}
}
