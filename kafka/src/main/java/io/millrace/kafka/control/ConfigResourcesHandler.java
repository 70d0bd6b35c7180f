package io.millrace.kafka.control;

import io.millrace.broker.GroupConfigs;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

/** Answers ListConfigResources (KIP-1142): what there is that has settings. */
final class ConfigResourcesHandler {

  private static final List<Byte> ALL =
      List.of(
          ResourceConfigs.TOPIC,
          ResourceConfigs.NODE,
          ResourceConfigs.LOGGERS,
          ResourceConfigs.CLIENT_METRICS,
          ResourceConfigs.GROUP);
  private static final short FIRST_WITH_KINDS = 1;

  private final Topics topics;
  private final Supplier<NodeIdentity> node;
  private final ClientMetricsConfigs clientMetrics;
  private final GroupConfigs groups;

  ConfigResourcesHandler(
      Topics topics,
      Supplier<NodeIdentity> node,
      ClientMetricsConfigs clientMetrics,
      GroupConfigs groups) {
    this.topics = topics;
    this.node = node;
    this.clientMetrics = clientMetrics;
    this.groups = groups;
  }

  CompletionStage<ListConfigResourcesResponseData> list(
      ListConfigResourcesRequestData request, Caller caller) {
    ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
    List<Byte> kinds =
        caller.version() < FIRST_WITH_KINDS
            ? List.of(ResourceConfigs.CLIENT_METRICS)
            : request.resourceTypes().isEmpty() ? ALL : request.resourceTypes();
    if (!ALL.containsAll(kinds)) {
      return CompletableFuture.completedFuture(
          response.setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
    }
    List<ConfigResource> resources = new ArrayList<>();
    kinds.stream().distinct().forEach(kind -> add(kind, resources));
    return CompletableFuture.completedFuture(response.setConfigResources(resources));
  }

  private void add(byte kind, List<ConfigResource> to) {
    switch (kind) {
      case ResourceConfigs.TOPIC -> {
        for (Topic topic : topics.all()) {
          to.add(resource(kind, topic.name()));
        }
      }
      case ResourceConfigs.NODE, ResourceConfigs.LOGGERS ->
          to.add(resource(kind, Integer.toString(node.get().nodeId())));
      case ResourceConfigs.CLIENT_METRICS ->
          clientMetrics.names().forEach(name -> to.add(resource(kind, name)));
      case ResourceConfigs.GROUP -> groups.names().forEach(name -> to.add(resource(kind, name)));
      default -> {}
    }
  }

  private static ConfigResource resource(byte kind, String name) {
    return new ConfigResource().setResourceType(kind).setResourceName(name);
  }
}
