package io.millrace.kafka.quota;

import io.millrace.broker.quota.QuotaKey;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often, and for how long, clients were held back, by the kind of quota. Any thread. */
public final class QuotaMetrics {

  private final Map<QuotaKey, LongAdder> times = new EnumMap<>(QuotaKey.class);
  private final Map<QuotaKey, LongAdder> millis = new EnumMap<>(QuotaKey.class);

  /** All at zero. */
  public QuotaMetrics() {
    for (QuotaKey key : QuotaKey.values()) {
      times.put(key, new LongAdder());
      millis.put(key, new LongAdder());
    }
  }

  void throttled(QuotaKey key, int forMillis) {
    counter(times, key).increment();
    counter(millis, key).add(forMillis);
  }

  /** Requests, or connections, that were held back. */
  public long times(QuotaKey key) {
    return counter(times, key).sum();
  }

  /** For how long altogether, in milliseconds, as clients were told. */
  public long millis(QuotaKey key) {
    return counter(millis, key).sum();
  }

  private static LongAdder counter(Map<QuotaKey, LongAdder> counters, QuotaKey key) {
    LongAdder counter = counters.get(key);
    if (counter == null) {
      throw new IllegalStateException("nothing is counted for " + key);
    }
    return counter;
  }
}
