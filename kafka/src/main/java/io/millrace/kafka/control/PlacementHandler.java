package io.millrace.kafka.control;

import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Answers ElectLeaders, AlterPartitionReassignments and ListPartitionReassignments as Kafka's
 * controller does for one node: it leads all partitions and is their only replica, so no election
 * is needed and every reassignment that is possible is one to where the partition is.
 */
final class PlacementHandler {

  private static final byte PREFERRED = 0;
  private static final byte UNCLEAN = 1;

  private final Topics topics;
  private final Supplier<NodeIdentity> node;

  PlacementHandler(Topics topics, Supplier<NodeIdentity> node) {
    this.topics = topics;
    this.node = node;
  }

  // ---- ElectLeaders ----

  CompletionStage<ElectLeadersResponseData> elect(ElectLeadersRequestData request, Caller caller) {
    ElectLeadersResponseData response = new ElectLeadersResponseData();
    if (request.electionType() != PREFERRED && request.electionType() != UNCLEAN) {
      return CompletableFuture.completedFuture(
          response.setErrorCode(Errors.INVALID_REQUEST.code()));
    }
    // Of all partitions those are told that needed one: none.
    if (request.topicPartitions() != null) {
      for (TopicPartitions asked : request.topicPartitions()) {
        Topic topic = topics.find(asked.topic());
        List<PartitionResult> results = new ArrayList<>();
        for (int index : asked.partitions()) {
          results.add(elected(topic, asked.topic(), index));
        }
        response
            .replicaElectionResults()
            .add(new ReplicaElectionResult().setTopic(asked.topic()).setPartitionResult(results));
      }
    }
    return CompletableFuture.completedFuture(response);
  }

  private static PartitionResult elected(@Nullable Topic topic, String name, int index) {
    PartitionResult result = new PartitionResult().setPartitionId(index);
    if (topic == null) {
      return result
          .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
          .setErrorMessage("No such topic as " + name);
    }
    if (!topic.has(index)) {
      return result
          .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
          .setErrorMessage("No such partition as " + name + "-" + index);
    }
    return result.setErrorCode(Errors.ELECTION_NOT_NEEDED.code());
  }

  // ---- AlterPartitionReassignments ----

  CompletionStage<AlterPartitionReassignmentsResponseData> reassign(
      AlterPartitionReassignmentsRequestData request, Caller caller) {
    AlterPartitionReassignmentsResponseData response =
        new AlterPartitionReassignmentsResponseData()
            .setErrorMessage(null)
            .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
    for (ReassignableTopic asked : request.topics()) {
      Topic topic = topics.find(asked.name());
      ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(asked.name());
      for (ReassignablePartition partition : asked.partitions()) {
        answer.partitions().add(reassigned(topic, asked.name(), partition));
      }
      response.responses().add(answer);
    }
    return CompletableFuture.completedFuture(response);
  }

  private ReassignablePartitionResponse reassigned(
      @Nullable Topic topic, String name, ReassignablePartition asked) {
    int index = asked.partitionIndex();
    ReassignablePartitionResponse answer =
        new ReassignablePartitionResponse().setPartitionIndex(index).setErrorMessage(null);
    if (topic == null) {
      return answer
          .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
          .setErrorMessage("Unable to find a topic named " + name + ".");
    }
    if (!topic.has(index)) {
      return answer
          .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
          .setErrorMessage("Unable to find partition " + name + ":" + index + ".");
    }
    List<Integer> replicas = asked.replicas();
    if (replicas == null) {
      return answer.setErrorCode(Errors.NO_REASSIGNMENT_IN_PROGRESS.code());
    }
    String problem = problem(replicas);
    return problem == null
        ? answer
        : answer.setErrorCode(Errors.INVALID_REPLICA_ASSIGNMENT.code()).setErrorMessage(problem);
  }

  /** What is wrong with a list of replicas, in the words of Kafka's controller. */
  private @Nullable String problem(List<Integer> replicas) {
    if (replicas.isEmpty()) {
      return "The manual partition assignment includes an empty replica list.";
    }
    Set<Integer> seen = new HashSet<>();
    for (int replica : replicas) {
      if (replica != node.get().nodeId()) {
        return "The manual partition assignment includes broker "
            + replica
            + ", but no such broker is registered.";
      }
      if (!seen.add(replica)) {
        return "The manual partition assignment includes the broker "
            + replica
            + " more than once.";
      }
    }
    return null;
  }

  // ---- ListPartitionReassignments ----

  /** None is ever under way. */
  CompletionStage<ListPartitionReassignmentsResponseData> reassignments(
      ListPartitionReassignmentsRequestData request, Caller caller) {
    return CompletableFuture.completedFuture(
        new ListPartitionReassignmentsResponseData().setErrorMessage(null));
  }
}
