package io.millrace.console;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.amqp.AmqpServer;
import io.millrace.broker.Broker;
import io.millrace.cdn.EdgeServer;
import io.millrace.kafka.net.KafkaMetrics;
import io.millrace.schema.SchemaRegistry;
import io.millrace.streams.job.JobRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a console shows and acts upon. All of it stays the caller's, and must live longer than the
 * console.
 *
 * @param kafka what the Kafka port counts; null on a node without one
 * @param jobs null on a node that runs no stream jobs
 * @param edge null on a node without an HTTP edge
 * @param schemas null on a node without a schema registry
 * @param amqp null on a node without an AMQP port
 * @param meters published on {@code /metrics}, bound by the first scrape
 */
public record ConsoleSources(
    NodeFacts node,
    Broker broker,
    @Nullable KafkaMetrics kafka,
    @Nullable JobRegistry jobs,
    @Nullable EdgeServer edge,
    @Nullable SchemaRegistry schemas,
    @Nullable AmqpServer amqp,
    List<MeterBinder> meters) {

  /** Takes an unmodifiable copy. */
  public ConsoleSources {
    meters = List.copyOf(meters);
  }

  /** Those of a node without a schema registry and an AMQP port. */
  public ConsoleSources(
      NodeFacts node,
      Broker broker,
      @Nullable KafkaMetrics kafka,
      @Nullable JobRegistry jobs,
      @Nullable EdgeServer edge,
      List<MeterBinder> meters) {
    this(node, broker, kafka, jobs, edge, null, null, meters);
  }

  /** Those of a node that runs no stream jobs either. */
  public ConsoleSources(
      NodeFacts node,
      Broker broker,
      @Nullable KafkaMetrics kafka,
      @Nullable EdgeServer edge,
      List<MeterBinder> meters) {
    this(node, broker, kafka, null, edge, meters);
  }
}
