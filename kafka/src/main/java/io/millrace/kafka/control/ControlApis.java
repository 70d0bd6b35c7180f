package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.kafka.net.Api;
import io.millrace.kafka.net.KafkaMetrics;
import io.millrace.kafka.sasl.SaslSettings;
import io.millrace.kafka.telemetry.ClientTelemetry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The table of all APIs but those that carry records: number, versions, handler. It is put together
 * from that of each family; a line that is in none of them is not served, and clients are told so.
 */
public final class ControlApis {

  private final TopicApis topics;
  private final GroupApis groups;
  private final TransactionApis transactions;
  private final ConfigApis configs;
  private final SecurityApis security;
  private final ClusterApis cluster;

  /**
   * @param clock stamps committed offsets
   * @param saslSettings how clients authenticate themselves on the ports with SASL
   * @param authorizes whether requests are checked against access control lists
   * @param metrics counts authentications
   * @param clientTelemetry takes what clients push
   * @param node asked at each request, since the port is known only once it is open
   * @param autoCreate whether topics are made when a client asks for them and they are missing
   * @param nodeSettings the port's settings by Kafka's names
   * @param nodeDefaults the same of a port that is not told otherwise
   * @param loggers the program's, to be seen and changed
   * @param maxRequestBytes longest request of these APIs
   * @param apis all APIs of the node, for ApiVersions
   */
  public ControlApis(
      Broker broker,
      Clock clock,
      SaslSettings saslSettings,
      boolean authorizes,
      KafkaMetrics metrics,
      ClientTelemetry clientTelemetry,
      Supplier<NodeIdentity> node,
      boolean autoCreate,
      Map<String, String> nodeSettings,
      Map<String, String> nodeDefaults,
      LogLevels loggers,
      int maxRequestBytes,
      Supplier<List<Api>> apis) {
    GuardedApis guarded = new GuardedApis(new Guards(broker.topics(), autoCreate), maxRequestBytes);
    MetadataHandler metadata = new MetadataHandler(broker.topics(), node, autoCreate);
    this.topics = new TopicApis(guarded, broker, metadata, node);
    this.groups = new GroupApis(guarded, broker, topics, clock, node);
    this.transactions = new TransactionApis(guarded, broker, clock);
    this.configs =
        new ConfigApis(guarded, broker, clientTelemetry, node, nodeSettings, nodeDefaults, loggers);
    this.security = new SecurityApis(guarded, broker, saslSettings, metrics, authorizes);
    this.cluster = new ClusterApis(guarded, broker, clock, metadata, node, apis);
  }

  /** The table. */
  public List<Api> table() {
    return Stream.of(
            topics.table(),
            groups.table(),
            transactions.table(),
            configs.table(),
            security.table(),
            cluster.table())
        .flatMap(List::stream)
        .toList();
  }
}
