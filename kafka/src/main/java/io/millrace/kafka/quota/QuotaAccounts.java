package io.millrace.kafka.quota;

import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.ClientQuotas;
import io.millrace.broker.quota.ClientQuotas.Match;
import io.millrace.broker.quota.QuotaKey;
import io.millrace.core.Clock;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The accounts of all clients of the node that have a limit. Any thread. */
public final class QuotaAccounts {

  /** Of each kind; an account takes about 500 bytes. */
  private static final int MOST_ACCOUNTS = 10_000;

  /** A percent of a thread, in nanoseconds per second. */
  private static final double NANOS_PER_PERCENT = 1e7;

  private final Supplier<ClientQuotas> quotas;
  private final BooleanSupplier resourcesLow;
  private final Clock clock;
  private final int windowMillis;
  private final QuotaMetrics metrics = new QuotaMetrics();
  private final LongAdder lookUps = new LongAdder();
  private final Rates produce;
  private final Rates fetch;
  private final Rates requests;
  private final Rates connections;
  private final Buckets mutations;
  private volatile Object generation = new Object();
  private volatile @Nullable QuotaMeters meters;

  /**
   * @param quotas the limits now in force; the same object until they change
   * @param resourcesLow whether all who produce are to be held back, whatever their limits
   * @param clock only its {@link Clock#nanos} is used
   */
  public QuotaAccounts(
      Supplier<ClientQuotas> quotas,
      BooleanSupplier resourcesLow,
      QuotaSettings settings,
      Clock clock) {
    this(quotas, resourcesLow, settings, clock, MOST_ACCOUNTS);
  }

  QuotaAccounts(
      Supplier<ClientQuotas> quotas,
      BooleanSupplier resourcesLow,
      QuotaSettings settings,
      Clock clock,
      int mostAccounts) {
    this.quotas = quotas;
    this.resourcesLow = resourcesLow;
    this.clock = clock;
    this.windowMillis = (int) settings.window().toMillis();
    this.produce = new Rates(QuotaKey.PRODUCER_BYTE_RATE, mostAccounts, settings);
    this.fetch = new Rates(QuotaKey.CONSUMER_BYTE_RATE, mostAccounts, settings);
    this.requests = new Rates(QuotaKey.REQUEST_PERCENTAGE, mostAccounts, settings);
    this.connections = new Rates(QuotaKey.CONNECTION_CREATION_RATE, mostAccounts, settings);
    this.mutations = new Buckets(mostAccounts, settings);
  }

  /** Whether all who produce are to be held back, since memory or disk run out. */
  boolean areResourcesLow() {
    return resourcesLow.getAsBoolean();
  }

  /** Accounts of what is used per second. */
  private final class Rates extends AccountTable<RateAccount> {

    private final QuotaKey key;
    private final QuotaSettings settings;

    Rates(QuotaKey key, int most, QuotaSettings settings) {
      super(most, settings, clock);
      this.key = key;
      this.settings = settings;
    }

    @Override
    RateAccount open(ClientQuotaEntity holder, double limit) {
      RateAccount account = new RateAccount(limit, settings, clock);
      QuotaMeters publishing = meters;
      if (publishing != null) {
        publishing.opened(key, holder, account);
      }
      return account;
    }

    @Override
    void limit(RateAccount account, double limit) {
      account.limit(limit);
    }

    @Override
    boolean isIdle(RateAccount account) {
      return account.isIdle();
    }

    @Override
    void closed(RateAccount account) {
      generation = new Object();
      QuotaMeters publishing = meters;
      if (publishing != null) {
        publishing.closed(key, account);
      }
    }

    void publish(QuotaMeters publishing) {
      all().forEach((holder, account) -> publishing.opened(key, holder, account));
    }
  }

  /** Accounts of changes to the metadata. */
  private final class Buckets extends AccountTable<MutationBucket> {

    private final QuotaSettings settings;

    Buckets(int most, QuotaSettings settings) {
      super(most, settings, clock);
      this.settings = settings;
    }

    @Override
    MutationBucket open(ClientQuotaEntity holder, double limit) {
      return new MutationBucket(limit, settings, clock);
    }

    @Override
    void limit(MutationBucket bucket, double limit) {
      bucket.limit(limit);
    }

    @Override
    boolean isIdle(MutationBucket bucket) {
      return bucket.isIdle();
    }

    @Override
    void closed(MutationBucket bucket) {
      generation = new Object();
    }
  }

  /** Tells of accounts from now on, and of those that there are. */
  void publish(QuotaMeters publishing) {
    meters = publishing;
    List.of(produce, fetch, requests, connections).forEach(table -> table.publish(publishing));
  }

  /** The limits now in force. */
  ClientQuotas quotas() {
    return quotas.get();
  }

  /** Another object once accounts have been closed, and what is remembered of them must go. */
  Object generation() {
    return generation;
  }

  /** What is counted about all clients. */
  public QuotaMetrics metrics() {
    return metrics;
  }

  /** How often somebody's accounts were looked up; never while nobody has a limit. */
  public long lookUps() {
    return lookUps.sum();
  }

  /** The accounts of a user's client. */
  ClientAccounts of(ClientQuotas limits, String user, String clientId) {
    lookUps.increment();
    Match produceLimit = limits.find(QuotaKey.PRODUCER_BYTE_RATE, user, clientId);
    Match fetchLimit = limits.find(QuotaKey.CONSUMER_BYTE_RATE, user, clientId);
    Match requestLimit = limits.find(QuotaKey.REQUEST_PERCENTAGE, user, clientId);
    Match mutationLimit = limits.find(QuotaKey.CONTROLLER_MUTATION_RATE, user, clientId);
    return new ClientAccounts(
        produceLimit == null ? null : produce.of(produceLimit),
        fetchLimit == null ? null : fetch.of(fetchLimit),
        requestLimit == null
            ? null
            : requests.of(
                new Match(requestLimit.holder(), requestLimit.limit() * NANOS_PER_PERCENT)),
        mutationLimit == null ? null : mutations.of(mutationLimit));
  }

  /**
   * A connection comes from an address. It is charged for if it may be served.
   *
   * @return milliseconds after which it is closed unserved, or 0 when it may be served; at most one
   *     window, as in Kafka
   */
  public int connectionFrom(String address) {
    ClientQuotas limits = quotas.get();
    if (!limits.limits(QuotaKey.CONNECTION_CREATION_RATE)) {
      return 0;
    }
    lookUps.increment();
    Match limit = limits.findIp(address);
    if (limit == null) {
      return 0;
    }
    RateAccount account = connections.of(limit);
    int throttle = Math.min(account.charge(1), windowMillis);
    if (throttle > 0) {
      account.charge(-1);
      metrics.throttled(QuotaKey.CONNECTION_CREATION_RATE, throttle);
    }
    return throttle;
  }

  long nanos() {
    return clock.nanos();
  }

  /** Charges an amount, if there is an account. Returns milliseconds to hold the client back. */
  int charge(@Nullable RateAccount account, QuotaKey key, long amount) {
    if (account == null) {
      return 0;
    }
    // As in Kafka, request time holds a client back for one window at most, bytes for any time.
    int most = key == QuotaKey.REQUEST_PERCENTAGE ? windowMillis : Integer.MAX_VALUE;
    int throttle = Math.min(account.charge(amount), most);
    if (throttle > 0) {
      metrics.throttled(key, throttle);
    }
    return throttle;
  }

  /** What an account counts, per unit of the quota. */
  static double unit(QuotaKey key) {
    return key == QuotaKey.REQUEST_PERCENTAGE ? NANOS_PER_PERCENT : 1;
  }
}
