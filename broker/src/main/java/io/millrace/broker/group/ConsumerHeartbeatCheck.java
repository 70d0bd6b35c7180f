package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.member.Heartbeat;
import java.util.List;

/**
 * What a heartbeat of a consumer group must be, whatever the group (Kafka's GroupMetadataManager,
 * {@code throwIfConsumerGroupHeartbeatRequestIsInvalid}).
 */
final class ConsumerHeartbeatCheck {

  private ConsumerHeartbeatCheck() {}

  static void check(ConsumerHeartbeat heartbeat, List<String> assignors) {
    HeartbeatCheck.check(heartbeat, true);
    if (heartbeat.epoch() == Heartbeat.JOIN) {
      HeartbeatCheck.require(
          heartbeat.rebalanceTimeoutMillis() >= 0,
          "a member that joins has to tell its rebalance timeout");
      HeartbeatCheck.require(
          heartbeat.owned() != null && heartbeat.owned().isEmpty(),
          "a member that joins cannot own partitions");
      HeartbeatCheck.require(
          heartbeat.topics() != null || heartbeat.regex() != null,
          "a member that joins has to tell the names or the pattern of its topics");
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
}
