package io.millrace.kafka.control;

import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.GroupCoordinator.JoinCommand;
import io.millrace.broker.group.GroupCoordinator.JoinResult;
import io.millrace.broker.group.GroupCoordinator.JoinedMember;
import io.millrace.broker.group.GroupCoordinator.LeaveFailure;
import io.millrace.broker.group.GroupCoordinator.LeavingMember;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.GroupCoordinator.OfferedProtocol;
import io.millrace.broker.group.GroupCoordinator.SyncCommand;
import io.millrace.broker.group.GroupCoordinator.SyncResult;
import io.millrace.kafka.wire.ErrorCodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers JoinGroup, SyncGroup, Heartbeat and LeaveGroup: the classic group protocol. */
final class GroupMembershipHandler {

  private static final short FIRST_WITH_REBALANCE_TIMEOUT = 1;
  private static final short FIRST_WITH_MEMBER_ID_REQUIRED = 4;
  private static final short FIRST_WITH_NULLABLE_PROTOCOL = 7;
  private static final short FIRST_LEAVE_OF_MANY = 3;
  private static final int NO_GENERATION = -1;

  private final GroupCoordinator groups;

  GroupMembershipHandler(GroupCoordinator groups) {
    this.groups = groups;
  }

  // ---- JoinGroup ----

  CompletionStage<JoinGroupResponseData> join(JoinGroupRequestData request, Caller caller) {
    int rebalanceMillis =
        caller.version() >= FIRST_WITH_REBALANCE_TIMEOUT
            ? request.rebalanceTimeoutMs()
            : request.sessionTimeoutMs();
    List<OfferedProtocol> protocols = new ArrayList<>();
    for (JoinGroupRequestProtocol protocol : request.protocols()) {
      protocols.add(new OfferedProtocol(protocol.name(), protocol.metadata()));
    }
    return groups
        .join(
            new JoinCommand(
                request.groupId(),
                request.memberId(),
                request.groupInstanceId(),
                caller.clientId(),
                caller.clientHost(),
                Duration.ofMillis(request.sessionTimeoutMs()),
                Duration.ofMillis(rebalanceMillis),
                request.protocolType(),
                protocols,
                caller.version() >= FIRST_WITH_MEMBER_ID_REQUIRED
                    && request.groupInstanceId() == null,
                request.reason()))
        .handle(
            (result, failure) ->
                failure == null ? joined(result) : notJoined(request, caller, failure));
  }

  private static JoinGroupResponseData joined(JoinResult result) {
    if (result.generation() == NO_GENERATION) {
      // The client is to come again under the name that it was given (KIP-394).
      return new JoinGroupResponseData()
          .setErrorCode(Errors.MEMBER_ID_REQUIRED.code())
          .setProtocolName("")
          .setMemberId(result.memberId());
    }
    List<JoinGroupResponseMember> members = new ArrayList<>();
    for (JoinedMember member : result.members()) {
      members.add(
          new JoinGroupResponseMember()
              .setMemberId(member.memberId())
              .setGroupInstanceId(member.instanceId())
              .setMetadata(member.metadata()));
    }
    return new JoinGroupResponseData()
        .setGenerationId(result.generation())
        .setProtocolType(result.protocolType())
        .setProtocolName(result.protocol())
        .setLeader(result.leader())
        .setMemberId(result.memberId())
        .setSkipAssignment(result.skipAssignment())
        .setMembers(members);
  }

  private static JoinGroupResponseData notJoined(
      JoinGroupRequestData request, Caller caller, Throwable failure) {
    return new JoinGroupResponseData()
        .setErrorCode(ErrorCodes.of(failure).code())
        .setProtocolName(caller.version() >= FIRST_WITH_NULLABLE_PROTOCOL ? null : "")
        .setMemberId(request.memberId());
  }

  // ---- SyncGroup ----

  CompletionStage<SyncGroupResponseData> sync(SyncGroupRequestData request, Caller caller) {
    Map<String, byte[]> assignments = new HashMap<>();
    for (SyncGroupRequestAssignment assignment : request.assignments()) {
      assignments.put(assignment.memberId(), assignment.assignment());
    }
    return groups
        .sync(
            new SyncCommand(
                new MemberIdentity(
                    request.groupId(),
                    request.generationId(),
                    request.memberId(),
                    request.groupInstanceId()),
                request.protocolType(),
                request.protocolName(),
                assignments))
        .handle((result, failure) -> failure == null ? synced(result) : notSynced(failure));
  }

  private static SyncGroupResponseData synced(SyncResult result) {
    return new SyncGroupResponseData()
        .setProtocolType(result.protocolType())
        .setProtocolName(result.protocol())
        .setAssignment(result.assignment());
  }

  private static SyncGroupResponseData notSynced(Throwable failure) {
    return new SyncGroupResponseData().setErrorCode(ErrorCodes.of(failure).code());
  }

  // ---- Heartbeat ----

  CompletionStage<HeartbeatResponseData> heartbeat(HeartbeatRequestData request, Caller caller) {
    return groups
        .heartbeat(
            new MemberIdentity(
                request.groupId(),
                request.generationId(),
                request.memberId(),
                request.groupInstanceId()))
        .handle(
            (done, failure) -> {
              HeartbeatResponseData response = new HeartbeatResponseData();
              return failure == null
                  ? response
                  : response.setErrorCode(ErrorCodes.of(failure).code());
            });
  }

  // ---- LeaveGroup ----

  CompletionStage<LeaveGroupResponseData> leave(LeaveGroupRequestData request, Caller caller) {
    boolean many = caller.version() >= FIRST_LEAVE_OF_MANY;
    List<LeavingMember> leaving = new ArrayList<>();
    if (many) {
      request
          .members()
          .forEach(
              member ->
                  leaving.add(
                      new LeavingMember(
                          member.memberId(), member.groupInstanceId(), member.reason())));
    } else {
      leaving.add(new LeavingMember(request.memberId(), null, null));
    }
    return groups
        .leave(request.groupId(), leaving)
        .handle(
            (outcomes, failure) -> {
              LeaveGroupResponseData response = new LeaveGroupResponseData();
              if (failure != null) {
                return response.setErrorCode(ErrorCodes.of(failure).code());
              }
              return many
                  ? response.setMembers(left(leaving, outcomes))
                  : response.setErrorCode(code(outcomes.getFirst()));
            });
  }

  private static List<MemberResponse> left(
      List<LeavingMember> leaving, List<@Nullable LeaveFailure> outcomes) {
    List<MemberResponse> members = new ArrayList<>();
    for (int i = 0; i < leaving.size(); i++) {
      members.add(
          new MemberResponse()
              .setMemberId(leaving.get(i).memberId())
              .setGroupInstanceId(leaving.get(i).instanceId())
              .setErrorCode(code(outcomes.get(i))));
    }
    return members;
  }

  private static short code(@Nullable LeaveFailure failure) {
    return failure == null ? Errors.NONE.code() : ErrorCodes.of(failure.error()).code();
  }
}
