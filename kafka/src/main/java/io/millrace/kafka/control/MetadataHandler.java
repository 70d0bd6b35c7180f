package io.millrace.kafka.control;

import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** Answers Metadata and DescribeCluster; makes topics that are asked for and missing. */
final class MetadataHandler {

  /** A client that names more missing topics than this at once gets the rest at its next try. */
  private static final int MOST_CREATED_AT_ONCE = 100;

  private static final byte ENDPOINT_BROKERS = 1;

  private final Topics topics;
  private final Supplier<NodeIdentity> node;
  private final boolean autoCreate;

  MetadataHandler(Topics topics, Supplier<NodeIdentity> node, boolean autoCreate) {
    this.topics = topics;
    this.node = node;
    this.autoCreate = autoCreate;
  }

  CompletionStage<MetadataResponseData> metadata(MetadataRequestData request, Caller caller) {
    int operations =
        request.includeTopicAuthorizedOperations()
            ? AuthorizedOperations.TOPIC
            : AuthorizedOperations.NOT_ASKED;
    List<CompletionStage<MetadataResponseTopic>> found = new ArrayList<>();
    if (asksForAll(request, caller)) {
      for (Topic topic : topics.all()) {
        found.add(CompletableFuture.completedFuture(describe(topic)));
      }
    } else {
      boolean create = autoCreate && (caller.version() < 4 || request.allowAutoTopicCreation());
      int created = 0;
      for (MetadataRequestTopic asked : request.topics()) {
        boolean mayCreate = create && created < MOST_CREATED_AT_ONCE;
        CompletionStage<MetadataResponseTopic> answer = find(asked, mayCreate);
        if (mayCreate && !asksById(asked) && topics.find(asked.name()) == null) {
          created++;
        }
        found.add(answer);
      }
    }
    return Stages.all(found).thenApply(list -> response(list, operations, request, caller));
  }

  private static boolean asksForAll(MetadataRequestData request, Caller caller) {
    return request.topics() == null || (caller.version() == 0 && request.topics().isEmpty());
  }

  /** An id counts before a name: Kafka's Java client sends an empty name with it, others none. */
  static boolean asksById(MetadataRequestTopic asked) {
    return asked.name() == null || !asked.topicId().equals(Uuid.ZERO_UUID);
  }

  private CompletionStage<MetadataResponseTopic> find(
      MetadataRequestTopic asked, boolean mayCreate) {
    String name = asked.name();
    if (asksById(asked)) {
      Topic topic = topics.find(toUuid(asked.topicId()));
      return CompletableFuture.completedFuture(
          topic != null
              ? describe(topic)
              // The name that was asked with the id: Java's new consumer sends an empty one, and
              // its
              // network thread ends the update for good when it gets null.
              : new MetadataResponseTopic()
                  .setName(asked.name())
                  .setTopicId(asked.topicId())
                  .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
    }
    Topic topic = topics.find(name);
    if (topic != null) {
      return CompletableFuture.completedFuture(describe(topic));
    }
    if (!mayCreate) {
      return CompletableFuture.completedFuture(missing(name, Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }
    return topics
        .create(new NewTopic(name, -1, Map.of()))
        .handle(
            (created, failure) -> {
              // Another client may have been faster.
              Topic present = created != null ? created : topics.find(name);
              return present != null ? describe(present) : missing(name, ErrorCodes.of(failure));
            });
  }

  private static MetadataResponseTopic missing(String name, Errors error) {
    return new MetadataResponseTopic().setName(name).setErrorCode(error.code());
  }

  private MetadataResponseTopic describe(Topic topic) {
    List<Integer> thisNode = List.of(node.get().nodeId());
    List<MetadataResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
    for (int i = 0; i < topic.partitions().size(); i++) {
      partitions.add(
          new MetadataResponsePartition()
              .setPartitionIndex(i)
              .setLeaderId(node.get().nodeId())
              .setLeaderEpoch(topic.partitions().get(i).leaderEpoch())
              .setReplicaNodes(thisNode)
              .setIsrNodes(thisNode)
              .setOfflineReplicas(List.of()));
    }
    return new MetadataResponseTopic()
        .setName(topic.name())
        .setTopicId(fromUuid(topic.id()))
        .setIsInternal(topic.internal())
        .setPartitions(partitions);
  }

  private MetadataResponseData response(
      List<MetadataResponseTopic> found,
      int operations,
      MetadataRequestData request,
      Caller caller) {
    NodeIdentity self = node.get().at(caller.reached());
    MetadataResponseData response =
        new MetadataResponseData().setClusterId(self.clusterId()).setControllerId(self.nodeId());
    response
        .brokers()
        .add(
            new MetadataResponseBroker()
                .setNodeId(self.nodeId())
                .setHost(self.host())
                .setPort(self.port()));
    for (MetadataResponseTopic topic : found) {
      response.topics().add(topic.setTopicAuthorizedOperations(operations));
    }
    if (request.includeClusterAuthorizedOperations()) {
      response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
    }
    return response;
  }

  CompletionStage<DescribeClusterResponseData> describeCluster(
      DescribeClusterRequestData request, Caller caller) {
    NodeIdentity self = node.get().at(caller.reached());
    DescribeClusterResponseData response =
        new DescribeClusterResponseData().setEndpointType(request.endpointType());
    if (request.endpointType() != ENDPOINT_BROKERS) {
      return CompletableFuture.completedFuture(
          response
              .setErrorCode(Errors.MISMATCHED_ENDPOINT_TYPE.code())
              .setErrorMessage("this endpoint serves brokers, not controllers"));
    }
    response.setClusterId(self.clusterId()).setControllerId(self.nodeId());
    response
        .brokers()
        .add(
            new DescribeClusterBroker()
                .setBrokerId(self.nodeId())
                .setHost(self.host())
                .setPort(self.port()));
    if (request.includeClusterAuthorizedOperations()) {
      response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
    }
    return CompletableFuture.completedFuture(response);
  }

  static UUID toUuid(Uuid id) {
    return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }

  static Uuid fromUuid(UUID id) {
    return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }
}
