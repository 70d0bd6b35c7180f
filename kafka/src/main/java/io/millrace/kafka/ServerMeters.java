package io.millrace.kafka;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.kafka.net.Api;
import io.millrace.kafka.net.ApiTable;
import io.millrace.kafka.net.InFlightBudget;
import io.millrace.kafka.net.KafkaMetrics;
import java.util.function.ToDoubleFunction;

/**
 * What is counted of connections and requests, under names that begin with {@code millrace.kafka}.
 */
final class ServerMeters {

  private ServerMeters() {}

  static void bind(
      KafkaMetrics metrics, InFlightBudget budget, ApiTable apis, MeterRegistry registry) {
    String prefix = "millrace.kafka.";
    Gauge.builder(prefix + "connections", metrics, KafkaMetrics::connections).register(registry);
    Gauge.builder(prefix + "request.bytes.in.flight", budget, InFlightBudget::held)
        .register(registry);
    count(metrics, registry, prefix + "connections.accepted", KafkaMetrics::connectionsAccepted);
    count(metrics, registry, prefix + "connections.refused", KafkaMetrics::connectionsRefused);
    count(
        metrics,
        registry,
        prefix + "connections.closed.bad.frame",
        KafkaMetrics::closedForBadFrame);
    count(
        metrics,
        registry,
        prefix + "connections.closed.unknown.api",
        KafkaMetrics::closedForUnknownApi);
    count(metrics, registry, prefix + "connections.closed.idle", KafkaMetrics::closedIdle);
    count(
        metrics,
        registry,
        prefix + "connections.closed.unauthenticated",
        KafkaMetrics::closedUnauthenticated);
    count(metrics, registry, prefix + "tls.handshakes.failed", KafkaMetrics::failedHandshakes);
    count(metrics, registry, prefix + "authentications", KafkaMetrics::authentications);
    count(
        metrics, registry, prefix + "authentications.failed", KafkaMetrics::failedAuthentications);
    count(metrics, registry, prefix + "bytes.in", KafkaMetrics::bytesIn);
    count(metrics, registry, prefix + "bytes.out", KafkaMetrics::bytesOut);
    count(metrics, registry, prefix + "throttled", KafkaMetrics::throttled);
    count(metrics, registry, prefix + "failures", KafkaMetrics::failures);
    for (Api api : apis.apis()) {
      FunctionCounter.builder(prefix + "requests", metrics, m -> m.requests(api.key()))
          .tag("api", api.name())
          .register(registry);
    }
  }

  private static void count(
      KafkaMetrics metrics,
      MeterRegistry registry,
      String name,
      ToDoubleFunction<KafkaMetrics> figure) {
    FunctionCounter.builder(name, metrics, figure).register(registry);
  }
}
