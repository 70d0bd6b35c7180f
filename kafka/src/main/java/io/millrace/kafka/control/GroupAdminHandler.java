package io.millrace.kafka.control;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.GroupCoordinator.GroupDescription;
import io.millrace.broker.group.GroupCoordinator.GroupListing;
import io.millrace.broker.group.GroupCoordinator.GroupType;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.MemberDescription;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers FindCoordinator, ListGroups, DescribeGroups and DeleteGroups. */
final class GroupAdminHandler {

  private static final byte KEY_IS_GROUP = 0;
  private static final byte KEY_IS_TRANSACTION = 1;
  private static final short FIRST_OF_MANY_KEYS = 4;
  private static final short FIRST_WITH_NOT_FOUND = 6;

  private final GroupCoordinator groups;
  private final Supplier<NodeIdentity> node;

  GroupAdminHandler(GroupCoordinator groups, Supplier<NodeIdentity> node) {
    this.groups = groups;
    this.node = node;
  }

  // ---- FindCoordinator ----

  CompletionStage<FindCoordinatorResponseData> findCoordinator(
      FindCoordinatorRequestData request, Caller caller) {
    FindCoordinatorResponseData response = new FindCoordinatorResponseData();
    if (caller.version() >= FIRST_OF_MANY_KEYS) {
      for (String key : request.coordinatorKeys()) {
        response.coordinators().add(coordinator(key, request.keyType(), caller));
      }
    } else {
      Coordinator found = coordinator(request.key(), request.keyType(), caller);
      response
          .setErrorCode(found.errorCode())
          .setErrorMessage(found.errorMessage())
          .setNodeId(found.nodeId())
          .setHost(found.host())
          .setPort(found.port());
    }
    return CompletableFuture.completedFuture(response);
  }

  private Coordinator coordinator(String key, byte keyType, Caller caller) {
    if (keyType != KEY_IS_GROUP && keyType != KEY_IS_TRANSACTION) {
      return new Coordinator()
          .setKey(key)
          .setNodeId(-1)
          .setHost("")
          .setPort(-1)
          .setErrorCode(Errors.INVALID_REQUEST.code())
          .setErrorMessage("this node coordinates consumer groups and transactions only");
    }
    NodeIdentity self = node.get().at(caller.reached());
    return new Coordinator()
        .setKey(key)
        .setNodeId(self.nodeId())
        .setHost(self.host())
        .setPort(self.port());
  }

  // ---- ListGroups ----

  CompletionStage<ListGroupsResponseData> list(ListGroupsRequestData request, Caller caller) {
    Set<String> states = lowerCase(request.statesFilter());
    Set<String> types = lowerCase(request.typesFilter());
    return groups
        .list()
        .handle(
            (all, failure) -> {
              if (failure != null) {
                return new ListGroupsResponseData().setErrorCode(ErrorCodes.of(failure).code());
              }
              List<ListedGroup> wanted = new ArrayList<>();
              for (GroupListing group : all) {
                String state = name(group.state());
                if ((states.isEmpty() || states.contains(state.toLowerCase(Locale.ROOT)))
                    && (types.isEmpty() || types.contains(name(group.type())))) {
                  wanted.add(
                      new ListedGroup()
                          .setGroupId(group.group())
                          .setProtocolType(group.protocolType())
                          .setGroupState(state)
                          .setGroupType(name(group.type())));
                }
              }
              return new ListGroupsResponseData().setGroups(wanted);
            });
  }

  private static String name(GroupType type) {
    return switch (type) {
      case CLASSIC -> "classic";
      case CONSUMER -> "consumer";
      case SHARE -> "share";
      case STREAMS -> "streams";
    };
  }

  private static Set<String> lowerCase(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  static String name(GroupState state) {
    return switch (state) {
      case EMPTY -> "Empty";
      case PREPARING_REBALANCE -> "PreparingRebalance";
      case COMPLETING_REBALANCE -> "CompletingRebalance";
      case NOT_READY -> "NotReady";
      case ASSIGNING -> "Assigning";
      case RECONCILING -> "Reconciling";
      case STABLE -> "Stable";
      case DEAD -> "Dead";
    };
  }

  // ---- DescribeGroups ----

  CompletionStage<DescribeGroupsResponseData> describe(
      DescribeGroupsRequestData request, Caller caller) {
    List<CompletionStage<DescribedGroup>> described = new ArrayList<>();
    for (String name : request.groups()) {
      described.add(
          groups
              .describe(name)
              .handle(
                  (group, failure) ->
                      failure == null
                          ? described(name, group.orElse(null), caller)
                          : new DescribedGroup()
                              .setGroupId(name)
                              .setErrorCode(ErrorCodes.of(failure).code())));
    }
    int operations =
        request.includeAuthorizedOperations()
            ? AuthorizedOperations.GROUP
            : AuthorizedOperations.NOT_ASKED;
    return Stages.all(described)
        .thenApply(
            list -> {
              list.forEach(group -> group.setAuthorizedOperations(operations));
              return new DescribeGroupsResponseData().setGroups(list);
            });
  }

  private static DescribedGroup described(
      String name, @Nullable GroupDescription group, Caller caller) {
    DescribedGroup answer = new DescribedGroup().setGroupId(name);
    if (group == null || group.type() != GroupType.CLASSIC) {
      answer.setGroupState(name(GroupState.DEAD));
      return caller.version() >= FIRST_WITH_NOT_FOUND
          ? answer
              .setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
              .setErrorMessage(
                  group == null
                      ? "there is no group " + name
                      : "group " + name + " is not of the classic protocol")
          : answer;
    }
    for (MemberDescription member : group.members()) {
      answer
          .members()
          .add(
              new DescribedGroupMember()
                  .setMemberId(member.memberId())
                  .setGroupInstanceId(member.instanceId())
                  .setClientId(member.clientId())
                  .setClientHost(member.clientHost())
                  .setMemberMetadata(member.metadata())
                  .setMemberAssignment(member.assignment()));
    }
    return answer
        .setGroupState(name(group.state()))
        .setProtocolType(group.protocolType())
        .setProtocolData(group.protocol());
  }

  // ---- DeleteGroups ----

  CompletionStage<DeleteGroupsResponseData> delete(DeleteGroupsRequestData request, Caller caller) {
    List<CompletionStage<DeletableGroupResult>> results = new ArrayList<>();
    for (String name : request.groupsNames()) {
      results.add(
          groups
              .delete(name)
              .handle(
                  (done, failure) -> {
                    DeletableGroupResult result = new DeletableGroupResult().setGroupId(name);
                    return failure == null
                        ? result
                        : result
                            .setErrorCode(ErrorCodes.of(failure).code())
                            .setErrorMessage(ErrorCodes.cause(failure).getMessage());
                  }));
    }
    return Stages.all(results)
        .thenApply(
            list -> {
              DeleteGroupsResponseData response = new DeleteGroupsResponseData();
              list.forEach(response.results()::add);
              return response;
            });
  }
}
