package io.millrace.kafka.control;

import io.millrace.broker.security.Operation;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.function.Function;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Guards of the requests about nodes, where their data lies and who leads it. */
final class NodeGuards {

  private static final Errors DENIED = Errors.CLUSTER_AUTHORIZATION_FAILED;

  private NodeGuards() {}

  static void register(Guards.Registry guards) {
    guards.put(34, cluster(Operation.ALTER, NodeGuards::moveDenied));
    guards.put(
        35,
        cluster(
            Operation.DESCRIBE,
            request -> new DescribeLogDirsResponseData().setErrorCode(DENIED.code())));
    // Tokens are for whoever has authenticated itself.
    for (int api = 38; api <= 41; api++) {
      guards.put(api, (request, caller, next) -> next.answer(request, caller));
    }
    guards.put(43, cluster(Operation.ALTER, NodeGuards::electionDenied));
    guards.put(45, cluster(Operation.ALTER, NodeGuards::reassignmentDenied));
    guards.put(
        46,
        cluster(
            Operation.DESCRIBE,
            request ->
                new ListPartitionReassignmentsResponseData()
                    .setErrorCode(DENIED.code())
                    .setErrorMessage(DENIED.message())));
    guards.put(
        55,
        cluster(
            Operation.DESCRIBE,
            request ->
                new DescribeQuorumResponseData()
                    .setErrorCode(DENIED.code())
                    .setErrorMessage(DENIED.message())));
    guards.put(
        57,
        cluster(
            Operation.ALTER,
            request ->
                new UpdateFeaturesResponseData()
                    .setErrorCode(DENIED.code())
                    .setErrorMessage(DENIED.message())));
    guards.put(
        64,
        cluster(
            Operation.ALTER,
            request ->
                new UnregisterBrokerResponseData()
                    .setErrorCode(DENIED.code())
                    .setErrorMessage(DENIED.message())));
  }

  private static <Q extends ApiMessage> Guards.Guard<Q> cluster(
      Operation operation, Function<Q, ? extends ApiMessage> denied) {
    return (Q request, Caller caller, Answerer<Q> next) ->
        caller.access().mayCluster(operation)
            ? next.answer(request, caller)
            : Guards.now(denied.apply(request));
  }

  private static ElectLeadersResponseData electionDenied(ElectLeadersRequestData request) {
    ElectLeadersResponseData response = new ElectLeadersResponseData().setErrorCode(DENIED.code());
    if (request.topicPartitions() != null) {
      for (TopicPartitions topic : request.topicPartitions()) {
        ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
        for (int index : topic.partitions()) {
          result
              .partitionResult()
              .add(
                  new PartitionResult()
                      .setPartitionId(index)
                      .setErrorCode(DENIED.code())
                      .setErrorMessage(DENIED.message()));
        }
        response.replicaElectionResults().add(result);
      }
    }
    return response;
  }

  private static AlterPartitionReassignmentsResponseData reassignmentDenied(
      AlterPartitionReassignmentsRequestData request) {
    AlterPartitionReassignmentsResponseData response =
        new AlterPartitionReassignmentsResponseData()
            .setErrorCode(DENIED.code())
            .setErrorMessage(DENIED.message());
    for (ReassignableTopic topic : request.topics()) {
      ReassignableTopicResponse result = new ReassignableTopicResponse().setName(topic.name());
      for (ReassignablePartition partition : topic.partitions()) {
        result
            .partitions()
            .add(
                new ReassignablePartitionResponse()
                    .setPartitionIndex(partition.partitionIndex())
                    .setErrorCode(DENIED.code())
                    .setErrorMessage(DENIED.message()));
      }
      response.responses().add(result);
    }
    return response;
  }

  /** There is no error for all: each partition has it. */
  private static AlterReplicaLogDirsResponseData moveDenied(
      AlterReplicaLogDirsRequestData request) {
    AlterReplicaLogDirsResponseData response = new AlterReplicaLogDirsResponseData();
    for (AlterReplicaLogDir target : request.dirs()) {
      for (AlterReplicaLogDirTopic topic : target.topics()) {
        AlterReplicaLogDirTopicResult result =
            new AlterReplicaLogDirTopicResult().setTopicName(topic.name());
        for (int index : topic.partitions()) {
          result
              .partitions()
              .add(
                  new AlterReplicaLogDirPartitionResult()
                      .setPartitionIndex(index)
                      .setErrorCode(DENIED.code()));
        }
        response.results().add(result);
      }
    }
    return response;
  }
}
