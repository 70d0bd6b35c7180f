package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.kafka.net.Api;
import io.millrace.kafka.telemetry.ClientTelemetry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.PushTelemetryRequestData;

/** Settings of topics, groups, the node and its loggers, and what metrics clients push. */
final class ConfigApis {

  private final GuardedApis apis;
  private final ConfigsHandler configs;
  private final ConfigResourcesHandler resources;
  private final TelemetryHandler telemetry;

  ConfigApis(
      GuardedApis apis,
      Broker broker,
      ClientTelemetry clientTelemetry,
      Supplier<NodeIdentity> node,
      Map<String, String> nodeSettings,
      Map<String, String> nodeDefaults,
      LogLevels loggers) {
    this.apis = apis;
    BrokerSettingTable started = new BrokerSettingTable(broker, nodeSettings);
    NodeValues values =
        new NodeValues(
            broker.dynamicSettings(),
            started,
            broker.settings().topicDefaults(),
            BrokerSettingTable.defaults(nodeDefaults));
    ClientMetricsConfigs clientMetrics = new ClientMetricsConfigs(broker.clientMetrics());
    this.configs =
        new ConfigsHandler(
            Map.of(
                ResourceConfigs.TOPIC,
                new TopicConfigs(broker.topics(), values),
                ResourceConfigs.NODE,
                new NodeConfigs(started, broker.dynamicSettings(), values),
                ResourceConfigs.LOGGERS,
                new LoggerConfigs(loggers, node),
                ResourceConfigs.CLIENT_METRICS,
                clientMetrics,
                ResourceConfigs.GROUP,
                new GroupResourceConfigs(broker.groupConfigs(), values)));
    this.resources =
        new ConfigResourcesHandler(broker.topics(), node, clientMetrics, broker.groupConfigs());
    this.telemetry = new TelemetryHandler(clientTelemetry);
  }

  List<Api> table() {
    return List.of(
        apis.api(
            32, "DescribeConfigs", 1, 4, 4, DescribeConfigsRequestData::new, configs::describe),
        apis.api(33, "AlterConfigs", 0, 2, 2, AlterConfigsRequestData::new, configs::replace),
        apis.api(
            44,
            "IncrementalAlterConfigs",
            0,
            1,
            1,
            IncrementalAlterConfigsRequestData::new,
            configs::change),
        apis.api(
            71,
            "GetTelemetrySubscriptions",
            0,
            0,
            0,
            GetTelemetrySubscriptionsRequestData::new,
            telemetry::subscriptions),
        apis.api(72, "PushTelemetry", 0, 0, 0, PushTelemetryRequestData::new, telemetry::push),
        apis.api(
            74,
            "ListConfigResources",
            0,
            1,
            0,
            ListConfigResourcesRequestData::new,
            resources::list));
  }
}
