package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.member.Heartbeat;

/** What a heartbeat must be, whatever the protocol and the group. */
final class HeartbeatCheck {

  private HeartbeatCheck() {}

  /**
   * Passes for a heartbeat that says who it is from.
   *
   * @param mayBeGivenId whether a member that joins may leave it to the group to give it an id
   * @throws BrokerException with {@code INVALID_GROUP_REQUEST}
   */
  static void check(Heartbeat heartbeat, boolean mayBeGivenId) {
    require(!heartbeat.group().isEmpty(), "a group's name cannot be empty");
    require(
        !heartbeat.memberId().isEmpty() || (mayBeGivenId && heartbeat.epoch() == Heartbeat.JOIN),
        "a member's id cannot be empty");
    require(!"".equals(heartbeat.instanceId()), "an instance id cannot be empty");
    require(!"".equals(heartbeat.rackId()), "a rack id cannot be empty");
    require(heartbeat.epoch() >= Heartbeat.AWAY, "a member's epoch cannot be " + heartbeat.epoch());
    require(
        heartbeat.epoch() != Heartbeat.AWAY || heartbeat.instanceId() != null,
        "a member that leaves for a while has to tell its instance id");
  }

  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new BrokerException(BrokerError.INVALID_GROUP_REQUEST, otherwise);
    }
  }
}
