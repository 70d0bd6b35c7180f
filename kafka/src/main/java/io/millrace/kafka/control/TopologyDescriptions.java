package io.millrace.kafka.control;

import io.millrace.broker.group.streams.TopologyDescription;
import io.millrace.broker.group.streams.TopologyDescription.GlobalStore;
import io.millrace.broker.group.streams.TopologyDescription.Node;
import io.millrace.broker.group.streams.TopologyDescription.Subtopology;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;

/** Descriptions of topologies as members send them and administrators see them (KIP-1331). */
final class TopologyDescriptions {

  private TopologyDescriptions() {}

  // ---- in ----

  static TopologyDescription described(StreamsGroupTopologyDescriptionUpdateRequestData request) {
    return new TopologyDescription(
        request.topologyEpoch(),
        request.topologyDescription().subtopologies().stream()
            .map(
                each ->
                    new Subtopology(
                        each.subtopologyId(),
                        each.nodes().stream().map(TopologyDescriptions::node).toList()))
            .toList(),
        request.topologyDescription().globalStores().stream()
            .map(each -> new GlobalStore(node(each.source()), node(each.processor())))
            .toList());
  }

  private static Node node(
      StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescriptionNode node) {
    return new Node(
        node.name(),
        node.nodeType(),
        node.sourceTopics(),
        node.sinkTopic(),
        node.stores(),
        node.successors());
  }

  // ---- out ----

  static StreamsGroupDescribeResponseData.TopologyDescription shown(
      TopologyDescription description) {
    return new StreamsGroupDescribeResponseData.TopologyDescription()
        .setSubtopologies(
            description.subtopologies().stream()
                .map(
                    each ->
                        new StreamsGroupDescribeResponseData.TopologyDescriptionSubtopology()
                            .setSubtopologyId(each.id())
                            .setNodes(
                                each.nodes().stream().map(TopologyDescriptions::shown).toList()))
                .toList())
        .setGlobalStores(
            description.globalStores().stream()
                .map(
                    each ->
                        new StreamsGroupDescribeResponseData.TopologyDescriptionGlobalStore()
                            .setSource(shown(each.source()))
                            .setProcessor(shown(each.processor())))
                .toList());
  }

  private static StreamsGroupDescribeResponseData.TopologyDescriptionNode shown(Node node) {
    return new StreamsGroupDescribeResponseData.TopologyDescriptionNode()
        .setName(node.name())
        .setNodeType(node.kind())
        .setSourceTopics(node.sourceTopics())
        .setSinkTopic(node.sinkTopic())
        .setStores(node.stores())
        .setSuccessors(node.successors());
  }
}
