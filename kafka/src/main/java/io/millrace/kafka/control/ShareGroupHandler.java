package io.millrace.kafka.control;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.ConsumerMember;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.share.ShareHeartbeat;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;

/** Answers ShareGroupHeartbeat and ShareGroupDescribe (KIP-932). */
final class ShareGroupHandler {

  private final GroupCoordinator groups;
  private final Topics topics;

  ShareGroupHandler(GroupCoordinator groups, Topics topics) {
    this.groups = groups;
    this.topics = topics;
  }

  // ---- ShareGroupHeartbeat ----

  CompletionStage<ShareGroupHeartbeatResponseData> heartbeat(
      ShareGroupHeartbeatRequestData request, Caller caller) {
    return groups
        .shareHeartbeat(
            new ShareHeartbeat(
                request.groupId(),
                request.memberId(),
                request.memberEpoch(),
                request.rackId(),
                caller.clientId(),
                caller.clientHost(),
                request.subscribedTopicNames() == null
                    ? null
                    : Set.copyOf(request.subscribedTopicNames())))
        .handle(
            (answer, failure) ->
                failure == null
                    ? answered(answer)
                    : new ShareGroupHeartbeatResponseData()
                        .setErrorCode(ErrorCodes.of(failure).code())
                        .setErrorMessage(ErrorCodes.cause(failure).getMessage()));
  }

  private static ShareGroupHeartbeatResponseData answered(ConsumerHeartbeat.Answer answer) {
    ShareGroupHeartbeatResponseData response =
        new ShareGroupHeartbeatResponseData()
            .setMemberId(answer.memberId())
            .setMemberEpoch(answer.epoch())
            .setHeartbeatIntervalMs(answer.intervalMillis());
    Set<TopicIdPartition> assignment = answer.assignment();
    if (assignment != null) {
      List<ShareGroupHeartbeatResponseData.TopicPartitions> lines = new ArrayList<>();
      ConsumerGroupHandler.byTopic(assignment)
          .forEach(
              (id, partitions) ->
                  lines.add(
                      new ShareGroupHeartbeatResponseData.TopicPartitions()
                          .setTopicId(MetadataHandler.fromUuid(id))
                          .setPartitions(List.copyOf(partitions))));
      response.setAssignment(
          new ShareGroupHeartbeatResponseData.Assignment().setTopicPartitions(lines));
    }
    return response;
  }

  // ---- ShareGroupDescribe ----

  CompletionStage<ShareGroupDescribeResponseData> describe(
      ShareGroupDescribeRequestData request, Caller caller) {
    return GroupDescribing.SHARE
        .<ConsumerGroupDescription>describe(
            request.groupIds(),
            request.includeAuthorizedOperations(),
            groups::describeShares,
            this::described)
        .thenApply(list -> new ShareGroupDescribeResponseData().setGroups(list));
  }

  private DescribedGroup described(ConsumerGroupDescription group) {
    List<Member> members = new ArrayList<>();
    for (ConsumerGroupDescription.MemberDescription each : group.members()) {
      ConsumerMember member = each.member();
      members.add(
          new Member()
              .setMemberId(member.id())
              .setRackId(member.metadata().rackId())
              .setMemberEpoch(member.current().epoch())
              .setClientId(member.metadata().clientId())
              .setClientHost(member.metadata().clientHost())
              .setSubscribedTopicNames(member.metadata().topics().stream().sorted().toList())
              .setAssignment(assignment(member.current().assigned())));
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
  private ShareGroupDescribeResponseData.Assignment assignment(Set<TopicIdPartition> partitions) {
    List<ShareGroupDescribeResponseData.TopicPartitions> lines = new ArrayList<>();
    ConsumerGroupHandler.byTopic(partitions)
        .forEach(
            (id, indexes) -> {
              Topic topic = topics.find(id);
              if (topic != null) {
                lines.add(
                    new ShareGroupDescribeResponseData.TopicPartitions()
                        .setTopicId(MetadataHandler.fromUuid(id))
                        .setTopicName(topic.name())
                        .setPartitions(List.copyOf(indexes)));
              }
            });
    return new ShareGroupDescribeResponseData.Assignment().setTopicPartitions(lines);
  }
}
