package io.millrace.console.metrics;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.cdn.EdgeServer;
import io.millrace.console.ConsoleSources;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Request;
import io.millrace.core.Clock;
import io.millrace.streams.job.JobRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;

/**
 * {@code GET /metrics}: in OpenMetrics' text format for who asks for it, else in Prometheus'. The
 * registry is made, and the meters of the other modules are bound to it, when this is made: by the
 * first scrape.
 */
public final class MetricsPage {

  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final String OPEN_METRICS_TYPE =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** Over a node's figures. */
  public MetricsPage(ConsoleSources sources, Clock clock) {
    for (MeterBinder meters : sources.meters()) {
      meters.bindTo(registry);
    }
    PrometheusRegistry families = registry.getPrometheusRegistry();
    families.register(new BrokerCollector(sources.broker().topics()));
    families.register(new GroupCollector(sources.broker()));
    families.register(new ProcessCollector(sources.node().startMillis()));
    JobRegistry jobs = sources.jobs();
    if (jobs != null) {
      families.register(new JobCollector(jobs, clock));
    }
    EdgeServer edge = sources.edge();
    if (edge != null) {
      edge.bindTo(registry);
    }
  }

  /** All figures as they are now. */
  public Answer scrape(Request request) {
    String type = request.accepts(OPEN_METRICS) ? OPEN_METRICS_TYPE : TEXT_TYPE;
    return Answer.of(200, type, registry.scrape(type).getBytes(StandardCharsets.UTF_8));
  }
}
