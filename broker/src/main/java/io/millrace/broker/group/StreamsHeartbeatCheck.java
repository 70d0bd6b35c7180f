package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.member.Heartbeat;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.StreamsTopology.Copartitioned;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.group.streams.StreamsTopology.Subtopology;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a heartbeat of a streams group must be, whatever the group (Kafka's GroupCoordinatorService,
 * {@code throwIfStreamsGroupHeartbeatRequestIsInvalid}).
 */
final class StreamsHeartbeatCheck {

  private StreamsHeartbeatCheck() {}

  static void check(StreamsHeartbeat heartbeat) {
    HeartbeatCheck.check(heartbeat, false);
    StreamsTopology topology = heartbeat.topology();
    if (heartbeat.epoch() != Heartbeat.JOIN) {
      HeartbeatCheck.require(topology == null, "only a member that joins tells its topology");
      return;
    }
    HeartbeatCheck.require(
        heartbeat.rebalanceTimeoutMillis() >= 0,
        "a member that joins has to tell its rebalance timeout");
    HeartbeatCheck.require(
        heartbeat.owned() == null || heartbeat.owned().isEmpty(),
        "a member that joins cannot own tasks");
    if (topology == null) {
      throw new BrokerException(
          BrokerError.INVALID_GROUP_REQUEST, "a member that joins has to tell its topology");
    }
    check(topology);
  }

  private static void check(StreamsTopology topology) {
    Set<String> ids = new HashSet<>();
    for (Subtopology each : topology.subtopologies()) {
      HeartbeatCheck.require(
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

  private static void valid(boolean condition, String otherwise) {
    if (!condition) {
      throw new BrokerException(BrokerError.INVALID_TOPOLOGY, otherwise);
    }
  }
}
