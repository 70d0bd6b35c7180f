package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Operation;
import io.millrace.broker.security.ResourceType;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Guards of the requests about groups and what they have committed. */
final class GroupGuards {

  private static final short GROUP_DENIED = Errors.GROUP_AUTHORIZATION_FAILED.code();
  private static final short TOPIC_DENIED = Errors.TOPIC_AUTHORIZATION_FAILED.code();
  private static final short FIRST_COMMIT_BY_ID = 10;
  private static final short FIRST_OF_MANY_KEYS = 4;
  private static final short FIRST_WITH_NULLABLE_PROTOCOL = 7;
  private static final byte KEY_IS_TRANSACTION = 1;

  private final Topics topics;

  private GroupGuards(Topics topics) {
    this.topics = topics;
  }

  static void register(Guards.Registry guards, Topics topics) {
    GroupGuards groups = new GroupGuards(topics);
    guards.put(8, groups::commit);
    guards.put(10, GroupGuards::findCoordinator);
    guards.put(11, GroupGuards::join);
    guards.put(12, GroupGuards::heartbeat);
    guards.put(13, GroupGuards::leave);
    guards.put(14, GroupGuards::sync);
    guards.put(15, GroupGuards::describe);
    guards.put(16, GroupGuards::list);
    guards.put(42, GroupGuards::delete);
    guards.put(47, GroupGuards::deleteOffsets);
  }

  private static boolean mayRead(Caller caller, String group) {
    return caller.access().mayGroup(Operation.READ, group);
  }

  // ---- membership ----

  private static CompletionStage<? extends ApiMessage> join(
      JoinGroupRequestData request, Caller caller, Answerer<JoinGroupRequestData> next) {
    return mayRead(caller, request.groupId())
        ? next.answer(request, caller)
        : Guards.now(
            new JoinGroupResponseData()
                .setErrorCode(GROUP_DENIED)
                .setProtocolName(caller.version() >= FIRST_WITH_NULLABLE_PROTOCOL ? null : "")
                .setMemberId(request.memberId()));
  }

  private static CompletionStage<? extends ApiMessage> heartbeat(
      HeartbeatRequestData request, Caller caller, Answerer<HeartbeatRequestData> next) {
    return mayRead(caller, request.groupId())
        ? next.answer(request, caller)
        : Guards.now(new HeartbeatResponseData().setErrorCode(GROUP_DENIED));
  }

  private static CompletionStage<? extends ApiMessage> leave(
      LeaveGroupRequestData request, Caller caller, Answerer<LeaveGroupRequestData> next) {
    return mayRead(caller, request.groupId())
        ? next.answer(request, caller)
        : Guards.now(new LeaveGroupResponseData().setErrorCode(GROUP_DENIED));
  }

  private static CompletionStage<? extends ApiMessage> sync(
      SyncGroupRequestData request, Caller caller, Answerer<SyncGroupRequestData> next) {
    return mayRead(caller, request.groupId())
        ? next.answer(request, caller)
        : Guards.now(new SyncGroupResponseData().setErrorCode(GROUP_DENIED));
  }

  // ---- FindCoordinator ----

  private static CompletionStage<FindCoordinatorResponseData> findCoordinator(
      FindCoordinatorRequestData request,
      Caller caller,
      Answerer<FindCoordinatorRequestData> next) {
    boolean transaction = request.keyType() == KEY_IS_TRANSACTION;
    ResourceType type = transaction ? ResourceType.TRANSACTIONAL_ID : ResourceType.GROUP;
    Errors error =
        transaction
            ? Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
            : Errors.GROUP_AUTHORIZATION_FAILED;
    Access access = caller.access();
    if (caller.version() < FIRST_OF_MANY_KEYS) {
      return access.may(Operation.DESCRIBE, type, request.key())
          ? next.answer(request, caller).thenApply(FindCoordinatorResponseData.class::cast)
          : Guards.now(
              new FindCoordinatorResponseData()
                  .setErrorCode(error.code())
                  .setErrorMessage(error.message())
                  .setNodeId(-1)
                  .setHost("")
                  .setPort(-1));
    }
    List<Coordinator> denied = new ArrayList<>();
    request
        .coordinatorKeys()
        .removeIf(
            key -> {
              if (access.may(Operation.DESCRIBE, type, key)) {
                return false;
              }
              denied.add(
                  new Coordinator()
                      .setKey(key)
                      .setErrorCode(error.code())
                      .setErrorMessage(error.message())
                      .setNodeId(-1)
                      .setHost("")
                      .setPort(-1));
              return true;
            });
    return next.answer(request, caller)
        .thenApply(FindCoordinatorResponseData.class::cast)
        .thenApply(
            response -> {
              response.coordinators().addAll(denied);
              return response;
            });
  }

  // ---- DescribeGroups, ListGroups, DeleteGroups ----

  private static CompletionStage<DescribeGroupsResponseData> describe(
      DescribeGroupsRequestData request, Caller caller, Answerer<DescribeGroupsRequestData> next) {
    Access access = caller.access();
    List<DescribedGroup> denied = new ArrayList<>();
    request
        .groups()
        .removeIf(
            group -> {
              if (access.mayGroup(Operation.DESCRIBE, group)) {
                return false;
              }
              denied.add(new DescribedGroup().setGroupId(group).setErrorCode(GROUP_DENIED));
              return true;
            });
    return next.answer(request, caller)
        .thenApply(DescribeGroupsResponseData.class::cast)
        .thenApply(
            response -> {
              for (DescribedGroup group : response.groups()) {
                if (request.includeAuthorizedOperations() && group.errorCode() == 0) {
                  group.setAuthorizedOperations(
                      AuthorizedOperations.group(access, group.groupId()));
                }
              }
              response.groups().addAll(denied);
              return response;
            });
  }

  private static CompletionStage<ListGroupsResponseData> list(
      ListGroupsRequestData request, Caller caller, Answerer<ListGroupsRequestData> next) {
    Access access = caller.access();
    boolean all = access.mayCluster(Operation.DESCRIBE);
    return next.answer(request, caller)
        .thenApply(ListGroupsResponseData.class::cast)
        .thenApply(
            response -> {
              response
                  .groups()
                  .removeIf(group -> !all && !access.mayGroup(Operation.DESCRIBE, group.groupId()));
              return response;
            });
  }

  private static CompletionStage<DeleteGroupsResponseData> delete(
      DeleteGroupsRequestData request, Caller caller, Answerer<DeleteGroupsRequestData> next) {
    List<DeletableGroupResult> denied = new ArrayList<>();
    request
        .groupsNames()
        .removeIf(
            group -> {
              if (caller.access().mayGroup(Operation.DELETE, group)) {
                return false;
              }
              denied.add(new DeletableGroupResult().setGroupId(group).setErrorCode(GROUP_DENIED));
              return true;
            });
    return next.answer(request, caller)
        .thenApply(DeleteGroupsResponseData.class::cast)
        .thenApply(
            response -> {
              denied.forEach(response.results()::add);
              return response;
            });
  }

  // ---- OffsetCommit, OffsetDelete ----

  private CompletionStage<OffsetCommitResponseData> commit(
      OffsetCommitRequestData request, Caller caller, Answerer<OffsetCommitRequestData> next) {
    boolean group = mayRead(caller, request.groupId());
    List<OffsetCommitResponseTopic> denied = new ArrayList<>();
    request
        .topics()
        .removeIf(
            topic -> {
              if (group && mayReadTopic(topic, caller)) {
                return false;
              }
              denied.add(denied(topic, group ? TOPIC_DENIED : GROUP_DENIED));
              return true;
            });
    CompletionStage<OffsetCommitResponseData> answered =
        group
            ? next.answer(request, caller).thenApply(OffsetCommitResponseData.class::cast)
            : Guards.now(new OffsetCommitResponseData());
    return answered.thenApply(
        response -> {
          response.topics().addAll(denied);
          return response;
        });
  }

  private boolean mayReadTopic(OffsetCommitRequestTopic asked, Caller caller) {
    if (caller.version() < FIRST_COMMIT_BY_ID) {
      return caller.access().mayTopic(Operation.READ, asked.name());
    }
    return mayReadById(asked.topicId(), caller, topics);
  }

  /** True for an unknown id too: that is for the answer to say. */
  static boolean mayReadById(Uuid id, Caller caller, Topics topics) {
    Topic topic = topics.find(MetadataHandler.toUuid(id));
    return topic == null || caller.access().mayTopic(Operation.READ, topic.name());
  }

  private static OffsetCommitResponseTopic denied(OffsetCommitRequestTopic topic, short error) {
    OffsetCommitResponseTopic answer =
        new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
    for (OffsetCommitRequestPartition partition : topic.partitions()) {
      answer
          .partitions()
          .add(
              new OffsetCommitResponsePartition()
                  .setPartitionIndex(partition.partitionIndex())
                  .setErrorCode(error));
    }
    return answer;
  }

  private static CompletionStage<OffsetDeleteResponseData> deleteOffsets(
      OffsetDeleteRequestData request, Caller caller, Answerer<OffsetDeleteRequestData> next) {
    if (!caller.access().mayGroup(Operation.DELETE, request.groupId())) {
      return Guards.now(new OffsetDeleteResponseData().setErrorCode(GROUP_DENIED));
    }
    List<OffsetDeleteResponseTopic> denied = new ArrayList<>();
    for (Iterator<OffsetDeleteRequestTopic> all = request.topics().iterator(); all.hasNext(); ) {
      OffsetDeleteRequestTopic topic = all.next();
      if (!caller.access().mayTopic(Operation.READ, topic.name())) {
        all.remove();
        OffsetDeleteResponseTopic answer = new OffsetDeleteResponseTopic().setName(topic.name());
        for (OffsetDeleteRequestPartition partition : topic.partitions()) {
          answer
              .partitions()
              .add(
                  new OffsetDeleteResponsePartition()
                      .setPartitionIndex(partition.partitionIndex())
                      .setErrorCode(TOPIC_DENIED));
        }
        denied.add(answer);
      }
    }
    return next.answer(request, caller)
        .thenApply(OffsetDeleteResponseData.class::cast)
        .thenApply(
            response -> {
              denied.forEach(response.topics()::add);
              return response;
            });
  }
}
