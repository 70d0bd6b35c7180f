package io.millrace.kafka.quota;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.QuotaKey;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Publishes how clients are held back, under names that begin with {@code millrace.kafka.quota}:
 * for all clients together, and the rate of each one that has a limit, of 200 clients for each kind
 * of limit at most, since clients choose their names themselves. Any thread.
 */
public final class QuotaMeters {

  private static final int MOST_CLIENTS = 200;
  private static final String RATE = "millrace.kafka.quota.rate";

  private final MeterRegistry registry;
  private final Map<RateAccount, Meter> rates = new HashMap<>();
  private final Map<QuotaKey, Integer> clients = new HashMap<>();

  private QuotaMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Publishes to that registry from now on. */
  public static void bind(QuotaAccounts quotas, MeterRegistry registry) {
    QuotaMetrics metrics = quotas.metrics();
    for (QuotaKey key : QuotaKey.values()) {
      FunctionCounter.builder("millrace.kafka.quota.throttled", metrics, m -> m.times(key))
          .tag("quota", tag(key))
          .register(registry);
      FunctionCounter.builder("millrace.kafka.quota.throttled.millis", metrics, m -> m.millis(key))
          .tag("quota", tag(key))
          .register(registry);
    }
    quotas.publish(new QuotaMeters(registry));
  }

  synchronized void opened(QuotaKey key, ClientQuotaEntity holder, RateAccount account) {
    int present = clients.getOrDefault(key, 0);
    if (present >= MOST_CLIENTS || rates.containsKey(account)) {
      return;
    }
    clients.put(key, present + 1);
    double unit = QuotaAccounts.unit(key);
    rates.put(
        account,
        Gauge.builder(RATE, account, each -> each.rate() / unit)
            .tag("quota", tag(key))
            .tag("user", name(holder.user()))
            .tag("client", name(holder.clientId()))
            .tag("ip", name(holder.ip()))
            .register(registry));
  }

  synchronized void closed(QuotaKey key, RateAccount account) {
    Meter meter = rates.remove(account);
    if (meter != null) {
      registry.remove(meter);
      clients.merge(key, -1, Integer::sum);
    }
  }

  private static String tag(QuotaKey key) {
    return key.name().toLowerCase(Locale.ROOT);
  }

  private static String name(@Nullable String name) {
    return name == null ? "" : name;
  }
}
