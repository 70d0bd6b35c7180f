package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.ConsumerMember;
import io.millrace.broker.group.consumer.CurrentAssignment;
import io.millrace.broker.group.consumer.TopicIdPartition;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a heartbeat must be, whatever the group (Kafka's GroupMetadataManager, {@code
 * throwIfConsumerGroupHeartbeatRequestIsInvalid}), and whether its epoch is its member's.
 */
final class ConsumerHeartbeatCheck {

  private ConsumerHeartbeatCheck() {}

  static void check(ConsumerHeartbeat heartbeat, List<String> assignors) {
    require(!heartbeat.group().isEmpty(), "a group's name cannot be empty");
    require(
        heartbeat.epoch() == ConsumerHeartbeat.JOIN || !heartbeat.memberId().isEmpty(),
        "a member's id cannot be empty");
    require(!"".equals(heartbeat.instanceId()), "an instance id cannot be empty");
    require(!"".equals(heartbeat.rackId()), "a rack id cannot be empty");
    switch (heartbeat.epoch()) {
      case ConsumerHeartbeat.JOIN -> {
        require(
            heartbeat.rebalanceTimeoutMillis() >= 0,
            "a member that joins has to tell its rebalance timeout");
        require(
            heartbeat.owned() != null && heartbeat.owned().isEmpty(),
            "a member that joins cannot own partitions");
        require(
            heartbeat.topics() != null || heartbeat.regex() != null,
            "a member that joins has to tell the names or the pattern of its topics");
      }
      case CurrentAssignment.AWAY ->
          require(
              heartbeat.instanceId() != null,
              "a member that leaves for a while has to tell its instance id");
      default ->
          require(
              heartbeat.epoch() >= ConsumerHeartbeat.LEAVE,
              "a member's epoch cannot be " + heartbeat.epoch());
    }
    String assignor = heartbeat.assignor();
    if (assignor != null && !assignors.contains(assignor)) {
      throw new BrokerException(
          BrokerError.UNSUPPORTED_ASSIGNOR,
          "there is no assignor "
              + assignor
              + " here; allowed: "
              + String.join(", ", assignors)
              + " (groups.consumer.assignors)");
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new BrokerException(BrokerError.INVALID_GROUP_REQUEST, otherwise);
    }
  }

  /** See {@link MemberEpochCheck#check}. */
  static void checkEpoch(
      String group, ConsumerMember member, int epoch, @Nullable Set<TopicIdPartition> owned) {
    CurrentAssignment current = member.current();
    MemberEpochCheck.check(
        group,
        member.id(),
        current.epoch(),
        current.previousEpoch(),
        epoch,
        owned != null && current.assigned().containsAll(owned));
  }

  /** Offsets are for members of the present epoch. */
  static void checkOffsets(String group, ConsumerMember member, int epoch) {
    if (epoch != member.current().epoch()) {
      throw MemberEpochCheck.stale(group, member.id(), member.current().epoch(), epoch);
    }
  }
}
