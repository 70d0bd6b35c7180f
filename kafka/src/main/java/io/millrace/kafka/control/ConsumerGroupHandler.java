package io.millrace.kafka.control;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.ConsumerMember;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers ConsumerGroupHeartbeat and ConsumerGroupDescribe (KIP-848). */
final class ConsumerGroupHandler {

  private static final short FIRST_WITH_CLIENTS_MEMBER_ID = 1;
  private static final byte CONSUMER_MEMBER = 1;

  private final GroupCoordinator groups;
  private final Topics topics;

  ConsumerGroupHandler(GroupCoordinator groups, Topics topics) {
    this.groups = groups;
    this.topics = topics;
  }

  // ---- ConsumerGroupHeartbeat ----

  CompletionStage<ConsumerGroupHeartbeatResponseData> heartbeat(
      ConsumerGroupHeartbeatRequestData request, Caller caller) {
    if (caller.version() >= FIRST_WITH_CLIENTS_MEMBER_ID && request.memberId().isEmpty()) {
      return CompletableFuture.completedFuture(
          refused(Errors.INVALID_REQUEST, "a member's id cannot be empty (KIP-1082)"));
    }
    return groups
        .consumerHeartbeat(
            new ConsumerHeartbeat(
                request.groupId(),
                request.memberId(),
                request.memberEpoch(),
                request.instanceId(),
                request.rackId(),
                caller.clientId(),
                caller.clientHost(),
                request.rebalanceTimeoutMs(),
                request.subscribedTopicNames() == null
                    ? null
                    : Set.copyOf(request.subscribedTopicNames()),
                request.subscribedTopicRegex(),
                request.serverAssignor(),
                owned(request)))
        .handle(
            (answer, failure) ->
                failure == null
                    ? answered(answer)
                    : refused(ErrorCodes.of(failure), ErrorCodes.cause(failure).getMessage()));
  }

  private static @Nullable Set<TopicIdPartition> owned(ConsumerGroupHeartbeatRequestData request) {
    if (request.topicPartitions() == null) {
      return null;
    }
    Set<TopicIdPartition> owned = new HashSet<>();
    for (ConsumerGroupHeartbeatRequestData.TopicPartitions topic : request.topicPartitions()) {
      UUID id = MetadataHandler.toUuid(topic.topicId());
      topic.partitions().forEach(partition -> owned.add(new TopicIdPartition(id, partition)));
    }
    return owned;
  }

  private static ConsumerGroupHeartbeatResponseData refused(
      Errors error, @Nullable String message) {
    return new ConsumerGroupHeartbeatResponseData()
        .setErrorCode(error.code())
        .setErrorMessage(message);
  }

  private static ConsumerGroupHeartbeatResponseData answered(ConsumerHeartbeat.Answer answer) {
    ConsumerGroupHeartbeatResponseData response =
        new ConsumerGroupHeartbeatResponseData()
            .setMemberId(answer.memberId())
            .setMemberEpoch(answer.epoch())
            .setHeartbeatIntervalMs(answer.intervalMillis());
    Set<TopicIdPartition> assignment = answer.assignment();
    if (assignment != null) {
      List<ConsumerGroupHeartbeatResponseData.TopicPartitions> lines = new ArrayList<>();
      byTopic(assignment)
          .forEach(
              (id, partitions) ->
                  lines.add(
                      new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                          .setTopicId(MetadataHandler.fromUuid(id))
                          .setPartitions(List.copyOf(partitions))));
      response.setAssignment(
          new ConsumerGroupHeartbeatResponseData.Assignment().setTopicPartitions(lines));
    }
    return response;
  }

  static Map<UUID, Set<Integer>> byTopic(Set<TopicIdPartition> partitions) {
    Map<UUID, Set<Integer>> byTopic = new TreeMap<>();
    for (TopicIdPartition each : partitions) {
      byTopic.computeIfAbsent(each.topicId(), id -> new TreeSet<>()).add(each.partition());
    }
    return byTopic;
  }

  // ---- ConsumerGroupDescribe ----

  CompletionStage<ConsumerGroupDescribeResponseData> describe(
      ConsumerGroupDescribeRequestData request, Caller caller) {
    return GroupDescribing.CONSUMER
        .<ConsumerGroupDescription>describe(
            request.groupIds(),
            request.includeAuthorizedOperations(),
            groups::describeConsumers,
            this::described)
        .thenApply(list -> new ConsumerGroupDescribeResponseData().setGroups(list));
  }

  private DescribedGroup described(ConsumerGroupDescription group) {
    List<Member> members = new ArrayList<>();
    for (ConsumerGroupDescription.MemberDescription each : group.members()) {
      ConsumerMember member = each.member();
      members.add(
          new Member()
              .setMemberId(member.id())
              .setInstanceId(member.metadata().instanceId())
              .setRackId(member.metadata().rackId())
              .setMemberEpoch(member.current().epoch())
              .setClientId(member.metadata().clientId())
              .setClientHost(member.metadata().clientHost())
              .setSubscribedTopicNames(member.metadata().topics().stream().sorted().toList())
              .setSubscribedTopicRegex(member.metadata().regex())
              .setAssignment(assignment(member.current().assigned()))
              .setTargetAssignment(assignment(each.target()))
              .setMemberType(CONSUMER_MEMBER));
    }
    return new DescribedGroup()
        .setGroupId(group.group())
        .setGroupState(GroupAdminHandler.name(group.state()))
        .setGroupEpoch(group.epoch())
        .setAssignmentEpoch(group.assignmentEpoch())
        .setAssignorName(group.assignor())
        .setMembers(members);
  }

  /** Topics that have gone meanwhile have no name to tell, and are left out. */
  private ConsumerGroupDescribeResponseData.Assignment assignment(
      Set<TopicIdPartition> partitions) {
    List<ConsumerGroupDescribeResponseData.TopicPartitions> lines = new ArrayList<>();
    byTopic(partitions)
        .forEach(
            (id, indexes) -> {
              Topic topic = topics.find(id);
              if (topic != null) {
                lines.add(
                    new ConsumerGroupDescribeResponseData.TopicPartitions()
                        .setTopicId(MetadataHandler.fromUuid(id))
                        .setTopicName(topic.name())
                        .setPartitions(List.copyOf(indexes)));
              }
            });
    return new ConsumerGroupDescribeResponseData.Assignment().setTopicPartitions(lines);
  }
}
