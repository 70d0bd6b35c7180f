package io.millrace.kafka.control;

import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * Answers DescribeTopicPartitions (KIP-966): topics in the order of their names, a bounded number
 * of partitions at a time, and where to go on.
 */
final class TopicPartitionsHandler {

  /** As in Kafka ({@code max.request.partition.size.limit}). */
  private static final int MOST_PARTITIONS = 2000;

  private final Topics topics;
  private final Supplier<NodeIdentity> node;

  TopicPartitionsHandler(Topics topics, Supplier<NodeIdentity> node) {
    this.topics = topics;
    this.node = node;
  }

  CompletionStage<DescribeTopicPartitionsResponseData> describe(
      DescribeTopicPartitionsRequestData request, Caller caller) {
    DescribeTopicPartitionsRequestData.Cursor from = request.cursor();
    TreeSet<String> names = new TreeSet<>();
    if (request.topics().isEmpty()) {
      topics.all().forEach(topic -> names.add(topic.name()));
    } else {
      request.topics().stream().map(TopicRequest::name).forEach(names::add);
    }
    int room = Math.clamp(request.responsePartitionLimit(), 1, MOST_PARTITIONS);
    DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
    for (String name : from == null ? names : names.tailSet(from.topicName())) {
      int first =
          from != null && name.equals(from.topicName()) ? Math.max(0, from.partitionIndex()) : 0;
      if (room == 0) {
        response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(first));
        break;
      }
      Topic topic = topics.find(name);
      if (topic == null) {
        response
            .topics()
            .add(
                new DescribeTopicPartitionsResponseTopic()
                    .setName(name)
                    .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
        continue;
      }
      int end = Math.min(topic.partitions().size(), first + room);
      response.topics().add(describe(topic, first, end));
      room -= Math.max(0, end - first);
      if (end < topic.partitions().size()) {
        response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(end));
        break;
      }
    }
    return CompletableFuture.completedFuture(response);
  }

  private DescribeTopicPartitionsResponseTopic describe(Topic topic, int first, int end) {
    List<Integer> thisNode = List.of(node.get().nodeId());
    DescribeTopicPartitionsResponseTopic described =
        new DescribeTopicPartitionsResponseTopic()
            .setName(topic.name())
            .setTopicId(MetadataHandler.fromUuid(topic.id()))
            .setIsInternal(topic.internal())
            .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
    for (int i = first; i < end; i++) {
      described
          .partitions()
          .add(
              new DescribeTopicPartitionsResponsePartition()
                  .setPartitionIndex(i)
                  .setLeaderId(node.get().nodeId())
                  .setLeaderEpoch(topic.partitions().get(i).leaderEpoch())
                  .setReplicaNodes(thisNode)
                  .setIsrNodes(thisNode)
                  .setEligibleLeaderReplicas(List.of())
                  .setLastKnownElr(List.of())
                  .setOfflineReplicas(List.of()));
    }
    return described;
  }
}
