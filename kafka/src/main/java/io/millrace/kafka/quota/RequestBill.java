package io.millrace.kafka.quota;

import io.millrace.broker.quota.QuotaKey;

/**
 * What one request is charged for, and for how long its client is held back for it. There is one
 * only while some client has a limit, or memory or disk run out. The thread that answers the
 * request calls this.
 */
public final class RequestBill {

  /** Long enough to slow a producer to a crawl, short enough for it to notice the end soon. */
  private static final int LOW_RESOURCES_MILLIS = 1000;

  private final QuotaAccounts quotas;
  private final ClientAccounts accounts;
  private final long startNanos;
  private volatile long handledNanos;
  private boolean timed;
  private volatile int throttleMillis;

  RequestBill(QuotaAccounts quotas, ClientAccounts accounts) {
    this.quotas = quotas;
    this.accounts = accounts;
    this.startNanos = accounts.requests() == null ? 0 : quotas.nanos();
  }

  /** The request's handler has returned, though maybe without an answer: its time ends here. */
  public void handled() {
    if (accounts.requests() != null) {
      handledNanos = quotas.nanos() - startNanos;
    }
  }

  /** Milliseconds that the client is told, and its socket is then left unread for. */
  public int throttleMillis() {
    return throttleMillis;
  }

  /** Charges the time on the connection's thread, once. Returns {@link #throttleMillis}. */
  public int chargeTime() {
    if (!timed && accounts.requests() != null) {
      timed = true;
      long nanos = handledNanos > 0 ? handledNanos : quotas.nanos() - startNanos;
      hold(quotas.charge(accounts.requests(), QuotaKey.REQUEST_PERCENTAGE, nanos));
    }
    return throttleMillis;
  }

  /**
   * Charges the bytes of a Produce request; while memory or disk run out every client is held back
   * for it. Returns {@link #throttleMillis}.
   */
  public int chargeProduce(long bytes) {
    if (quotas.areResourcesLow()) {
      hold(LOW_RESOURCES_MILLIS);
    }
    return hold(quotas.charge(accounts.produce(), QuotaKey.PRODUCER_BYTE_RATE, bytes));
  }

  /**
   * Charges a Fetch answer: its bytes, and the time. When the client is to be held back the bytes
   * are not charged, since the answer is then sent without records. Returns {@link
   * #throttleMillis}.
   */
  public int chargeFetch(long bytes) {
    RateAccount fetch = accounts.fetch();
    hold(quotas.charge(fetch, QuotaKey.CONSUMER_BYTE_RATE, bytes));
    if (chargeTime() > 0 && fetch != null) {
      fetch.charge(-bytes);
    }
    return throttleMillis;
  }

  /**
   * Charges a ShareFetch answer: its bytes, and the time. It goes out with its records, which are
   * locked for the client; held back is what comes after. Returns {@link #throttleMillis}.
   */
  public int chargeShareFetch(long bytes) {
    hold(quotas.charge(accounts.fetch(), QuotaKey.CONSUMER_BYTE_RATE, bytes));
    return chargeTime();
  }

  /** Most bytes that a Fetch answer may have: what the limit allows in all windows. */
  public int mostFetchBytes() {
    RateAccount fetch = accounts.fetch();
    return fetch == null ? Integer.MAX_VALUE : fetch.mostAtOnce();
  }

  /**
   * Charges for partitions that are to be made or deleted.
   *
   * @param strict whether the client knows a refusal; another one is held back only
   * @return whether it may be done
   */
  public synchronized boolean mayChange(int partitions, boolean strict) {
    MutationBucket bucket = accounts.mutations();
    if (bucket == null) {
      return true;
    }
    boolean may = true;
    if (strict) {
      may = bucket.tryTake(partitions);
    } else {
      bucket.take(partitions);
    }
    int throttle = bucket.throttleMillis();
    if (throttle > throttleMillis) {
      quotas.metrics().throttled(QuotaKey.CONTROLLER_MUTATION_RATE, throttle - throttleMillis);
    }
    hold(throttle);
    return may;
  }

  private int hold(int millis) {
    if (millis > throttleMillis) {
      throttleMillis = millis;
    }
    return throttleMillis;
  }
}
