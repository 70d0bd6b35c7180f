package io.millrace.kafka.control;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.streams.StreamsGroupDescription;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsStatus;
import io.millrace.broker.group.streams.StreamsStatus.Code;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.kafka.control.MessageHandler.Answerer;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Answers StreamsGroupHeartbeat and StreamsGroupDescribe (KIP-1071), and
 * StreamsGroupTopologyDescriptionUpdate (KIP-1331). Internal topics that a group lacks are made on
 * the way, as if the member had asked for them by CreateTopics: with its rights, its quota and its
 * settings; the member is then told its tasks in the same answer.
 */
final class StreamsGroupHandler {

  private static final short CREATE_VERSION = 7;
  private static final short DEFAULT_REPLICATION = -1;

  private final GroupCoordinator groups;
  private final Answerer<CreateTopicsRequestData> creator;

  /**
   * @param creator answers CreateTopics for a client
   */
  StreamsGroupHandler(GroupCoordinator groups, Answerer<CreateTopicsRequestData> creator) {
    this.groups = groups;
    this.creator = creator;
  }

  // ---- StreamsGroupHeartbeat ----

  CompletionStage<StreamsGroupHeartbeatResponseData> heartbeat(
      StreamsGroupHeartbeatRequestData request, Caller caller) {
    StreamsHeartbeat heartbeat;
    try {
      heartbeat = StreamsGroupMessages.heartbeat(request, caller);
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(refused(e));
    }
    return groups
        .streamsHeartbeat(heartbeat)
        .thenCompose(answer -> withTopics(heartbeat, answer, caller))
        .handle(
            (answer, failure) ->
                failure == null
                    ? StreamsGroupMessages.answered(answer, caller.version())
                    : refused(failure));
  }

  private static StreamsGroupHeartbeatResponseData refused(Throwable failure) {
    return new StreamsGroupHeartbeatResponseData()
        .setErrorCode(ErrorCodes.of(failure).code())
        .setErrorMessage(ErrorCodes.cause(failure).getMessage())
        .setStatus(List.of());
  }

  /** Makes what is missing; then the group may be ready for the next step of the member. */
  private CompletionStage<StreamsHeartbeat.Answer> withTopics(
      StreamsHeartbeat heartbeat, StreamsHeartbeat.Answer answer, Caller caller) {
    if (answer.missing().isEmpty()) {
      return CompletableFuture.completedFuture(answer);
    }
    CreateTopicsRequestData request = new CreateTopicsRequestData();
    answer.missing().forEach(topic -> request.topics().add(creatable(topic)));
    return creator
        .answer(request, caller.inVersion(CREATE_VERSION))
        .thenApply(CreateTopicsResponseData.class::cast)
        .thenCompose(
            created -> {
              String refusals = refusals(created);
              return refusals.isEmpty()
                  ? groups
                      .streamsHeartbeat(heartbeat.after(answer))
                      .thenApply(next -> next.over(answer))
                  : CompletableFuture.completedFuture(withDetail(answer, refusals));
            });
  }

  private static CreatableTopic creatable(InternalTopic topic) {
    CreatableTopic creatable =
        new CreatableTopic()
            .setName(topic.name())
            .setNumPartitions(topic.partitions())
            .setReplicationFactor(
                topic.replicationFactor() == 0 ? DEFAULT_REPLICATION : topic.replicationFactor());
    topic
        .settings()
        .forEach(
            (name, value) ->
                creatable.configs().add(new CreatableTopicConfig().setName(name).setValue(value)));
    return creatable;
  }

  /** What could not be made; a topic that another member's heartbeat has made is there. */
  private static String refusals(CreateTopicsResponseData created) {
    List<String> refusals = new ArrayList<>();
    for (CreatableTopicResult topic : created.topics()) {
      if (topic.errorCode() != 0 && topic.errorCode() != Errors.TOPIC_ALREADY_EXISTS.code()) {
        refusals.add(
            topic.name()
                + ": "
                + (topic.errorMessage() == null
                    ? Errors.forCode(topic.errorCode()).message()
                    : topic.errorMessage()));
      }
    }
    return String.join("; ", refusals);
  }

  private static StreamsHeartbeat.Answer withDetail(
      StreamsHeartbeat.Answer answer, String refusals) {
    return answer.withStatuses(
        answer.statuses().stream()
            .map(
                status ->
                    status.code() == Code.MISSING_INTERNAL_TOPICS
                        ? new StreamsStatus(
                            status.code(),
                            status.detail() + "; they could not be made: " + refusals)
                        : status)
            .toList());
  }

  // ---- StreamsGroupTopologyDescriptionUpdate ----

  CompletionStage<StreamsGroupTopologyDescriptionUpdateResponseData> describeTopology(
      StreamsGroupTopologyDescriptionUpdateRequestData request, Caller caller) {
    return groups
        .describeTopology(
            request.groupId(), request.memberId(), TopologyDescriptions.described(request))
        .handle(
            (done, failure) ->
                failure == null
                    ? new StreamsGroupTopologyDescriptionUpdateResponseData()
                    : new StreamsGroupTopologyDescriptionUpdateResponseData()
                        .setErrorCode(ErrorCodes.of(failure).code())
                        .setErrorMessage(ErrorCodes.cause(failure).getMessage()));
  }

  // ---- StreamsGroupDescribe ----

  CompletionStage<StreamsGroupDescribeResponseData> describe(
      StreamsGroupDescribeRequestData request, Caller caller) {
    return GroupDescribing.STREAMS
        .<StreamsGroupDescription>describe(
            request.groupIds(),
            request.includeAuthorizedOperations(),
            groups::describeStreams,
            group ->
                StreamsGroupDescriptions.described(group, request.includeTopologyDescription()))
        .thenApply(list -> new StreamsGroupDescribeResponseData().setGroups(list));
  }
}
