package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.broker.metadata.MetadataLogEnd;
import io.millrace.core.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ListenerCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Answers DescribeQuorum, for the log of metadata of which this node is the only voter, and
 * UnregisterBroker.
 */
final class QuorumHandler {

  private static final String METADATA_TOPIC = "__cluster_metadata";
  private static final short FIRST_WITH_NODES = 2;

  private final Broker broker;
  private final Clock clock;
  private final Supplier<NodeIdentity> node;

  QuorumHandler(Broker broker, Clock clock, Supplier<NodeIdentity> node) {
    this.broker = broker;
    this.clock = clock;
    this.node = node;
  }

  CompletionStage<DescribeQuorumResponseData> describe(
      DescribeQuorumRequestData request, Caller caller) {
    DescribeQuorumResponseData response = new DescribeQuorumResponseData().setErrorMessage(null);
    for (DescribeQuorumRequestData.TopicData topic : request.topics()) {
      List<PartitionData> partitions = new ArrayList<>();
      for (DescribeQuorumRequestData.PartitionData asked : topic.partitions()) {
        partitions.add(
            topic.topicName().equals(METADATA_TOPIC) && asked.partitionIndex() == 0
                ? quorum()
                : new PartitionData()
                    .setPartitionIndex(asked.partitionIndex())
                    .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setErrorMessage("only " + METADATA_TOPIC + "-0 has a quorum"));
      }
      response
          .topics()
          .add(new TopicData().setTopicName(topic.topicName()).setPartitions(partitions));
    }
    if (caller.version() >= FIRST_WITH_NODES) {
      NodeIdentity self = node.get().at(caller.reached());
      ListenerCollection listeners = new ListenerCollection();
      listeners.add(new Listener().setName("KAFKA").setHost(self.host()).setPort(self.port()));
      response.nodes().add(new Node().setNodeId(self.nodeId()).setListeners(listeners));
    }
    return CompletableFuture.completedFuture(response);
  }

  private PartitionData quorum() {
    MetadataLogEnd end = broker.metadataLog();
    ReplicaState self =
        new ReplicaState()
            .setReplicaId(node.get().nodeId())
            .setLogEndOffset(end.offset())
            .setLastFetchTimestamp(clock.millis())
            .setLastCaughtUpTimestamp(clock.millis());
    return new PartitionData()
        .setPartitionIndex(0)
        .setErrorMessage(null)
        .setLeaderId(node.get().nodeId())
        .setLeaderEpoch(end.leaderEpoch())
        .setHighWatermark(end.offset())
        .setCurrentVoters(List.of(self));
  }

  CompletionStage<UnregisterBrokerResponseData> unregister(
      UnregisterBrokerRequestData request, Caller caller) {
    UnregisterBrokerResponseData response = new UnregisterBrokerResponseData();
    return CompletableFuture.completedFuture(
        request.brokerId() == node.get().nodeId()
            ? response
                .setErrorCode(Errors.INVALID_REQUEST.code())
                .setErrorMessage(
                    "Broker ID " + request.brokerId() + " is the only one, and is running.")
            : response
                .setErrorCode(Errors.BROKER_ID_NOT_REGISTERED.code())
                .setErrorMessage(
                    "Broker ID " + request.brokerId() + " is not currently registered."));
  }
}
