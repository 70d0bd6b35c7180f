package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.consumer.CurrentAssignment;
import io.millrace.broker.group.streams.StreamsGroup;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsMember;
import io.millrace.broker.group.streams.TaskAssignment;
import org.jspecify.annotations.Nullable;

/** Which member of a streams group a heartbeat is from, and whether it may be. */
final class StreamsCaller {

  private StreamsCaller() {}

  /**
   * The member, or null for a new one. One with another id than the heartbeat's is a static member
   * whose place the caller takes.
   *
   * @throws BrokerException when the caller is not who it says, or there is no place for it
   */
  static @Nullable StreamsMember find(StreamsGroup group, StreamsHeartbeat request, int maxSize) {
    String instanceId = request.instanceId();
    if (request.epoch() != StreamsHeartbeat.JOIN) {
      StreamsMember known = known(group, request);
      TaskAssignment current = known.current();
      MemberEpochCheck.check(
          group.name(),
          known.id(),
          current.epoch(),
          current.previousEpoch(),
          request.epoch(),
          request.owned() != null && current.assigned().containsAll(request.owned()));
      return known;
    }
    StreamsMember member = present(group, request);
    if (member == null) {
      StreamsMember dynamic = group.member(request.memberId());
      if (dynamic == null && group.memberIds().size() >= maxSize) {
        throw new BrokerException(
            BrokerError.GROUP_FULL,
            "group "
                + group.name()
                + " has "
                + maxSize
                + " members, which is as many as groups.streams.max.size allows");
      }
      return dynamic;
    }
    if (instanceId != null
        && !member.id().equals(request.memberId())
        && member.current().epoch() != CurrentAssignment.AWAY) {
      throw new BrokerException(
          BrokerError.UNRELEASED_INSTANCE_ID,
          "group "
              + group.name()
              + " has member "
              + member.id()
              + " for instance "
              + instanceId
              + ", which has not left");
    }
    return member;
  }

  private static @Nullable StreamsMember present(StreamsGroup group, StreamsHeartbeat request) {
    String instanceId = request.instanceId();
    return instanceId == null ? group.member(request.memberId()) : group.ofInstance(instanceId);
  }

  /** The member, which must be one. */
  static StreamsMember known(StreamsGroup group, StreamsHeartbeat request) {
    StreamsMember member = present(group, request);
    if (member == null) {
      throw GroupMembership.unknown(group.name(), request.memberId());
    }
    if (!member.id().equals(request.memberId())) {
      throw new BrokerException(
          BrokerError.FENCED_INSTANCE_ID,
          "group "
              + group.name()
              + " has member "
              + member.id()
              + " for instance "
              + request.instanceId()
              + ", not "
              + request.memberId());
    }
    return member;
  }
}
