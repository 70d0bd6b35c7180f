package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.consumer.CurrentAssignment;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.StreamsTopology.Copartitioned;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.group.streams.StreamsTopology.Subtopology;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a heartbeat must be, whatever the group (Kafka's GroupCoordinatorService, {@code
 * throwIfStreamsGroupHeartbeatRequestIsInvalid}).
 */
final class StreamsHeartbeatCheck {

  private StreamsHeartbeatCheck() {}

  static void check(StreamsHeartbeat heartbeat) {
    require(!heartbeat.group().isEmpty(), "a group's name cannot be empty");
    require(!heartbeat.memberId().isEmpty(), "a member's id cannot be empty");
    require(!"".equals(heartbeat.instanceId()), "an instance id cannot be empty");
    require(!"".equals(heartbeat.rackId()), "a rack id cannot be empty");
    StreamsTopology topology = heartbeat.topology();
    switch (heartbeat.epoch()) {
      case StreamsHeartbeat.JOIN -> {
        require(
            heartbeat.rebalanceTimeoutMillis() >= 0,
            "a member that joins has to tell its rebalance timeout");
        require(
            heartbeat.owned() == null || heartbeat.owned().isEmpty(),
            "a member that joins cannot own tasks");
        if (topology == null) {
          throw invalid("a member that joins has to tell its topology");
        }
        check(topology);
        return;
      }
      case CurrentAssignment.AWAY ->
          require(
              heartbeat.instanceId() != null,
              "a member that leaves for a while has to tell its instance id");
      default ->
          require(
              heartbeat.epoch() >= StreamsHeartbeat.LEAVE,
              "a member's epoch cannot be " + heartbeat.epoch());
    }
    require(topology == null, "only a member that joins tells its topology");
  }

  private static void check(StreamsTopology topology) {
    Set<String> ids = new HashSet<>();
    for (Subtopology each : topology.subtopologies()) {
      require(
          each.sourcePatterns().isEmpty(),
          "source topics cannot be given by patterns; allowed: their names");
      valid(ids.add(each.id()), "there are two subtopologies " + each.id());
      valid(!each.inputs().isEmpty(), "subtopology " + each.id() + " reads no topic");
      for (InternalTopic topic : each.changelogs()) {
        valid(
            topic.partitions() == 0,
            "changelog topic "
                + topic.name()
                + " has "
                + topic.partitions()
                + " partitions; allowed: 0, since they follow from the tasks");
      }
      for (InternalTopic topic : each.repartitionSources()) {
        valid(
            topic.partitions() >= 0,
            "repartition topic " + topic.name() + " has " + topic.partitions() + " partitions");
      }
      for (Copartitioned group : each.copartitioned()) {
        valid(
            within(group.sourceTopics(), each.sourceTopics().size())
                && within(group.sourcePatterns(), each.sourcePatterns().size())
                && within(group.repartitionSources(), each.repartitionSources().size()),
            "a copartition group of subtopology " + each.id() + " names topics that it lacks");
      }
    }
  }

  private static boolean within(List<Short> indexes, int size) {
    return indexes.stream().allMatch(index -> index >= 0 && index < size);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw invalid(otherwise);
    }
  }

  private static BrokerException invalid(String message) {
    return new BrokerException(BrokerError.INVALID_GROUP_REQUEST, message);
  }

  private static void valid(boolean condition, String otherwise) {
    if (!condition) {
      throw new BrokerException(BrokerError.INVALID_TOPOLOGY, otherwise);
    }
  }
}
