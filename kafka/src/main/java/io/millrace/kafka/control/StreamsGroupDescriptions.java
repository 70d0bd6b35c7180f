package io.millrace.kafka.control;

import io.millrace.broker.group.streams.ResolvedTopology;
import io.millrace.broker.group.streams.StreamsGroupDescription;
import io.millrace.broker.group.streams.StreamsMember;
import io.millrace.broker.group.streams.StreamsMemberMetadata.Endpoint;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.group.streams.StreamsTopology.Subtopology;
import io.millrace.broker.group.streams.TaskId;
import io.millrace.broker.group.streams.Tasks;
import io.millrace.broker.group.streams.TopologyDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData.DescribedGroup;
import org.jspecify.annotations.Nullable;

/** Streams groups as Kafka's StreamsGroupDescribe shows them. */
final class StreamsGroupDescriptions {

  // The status of a topology's description that an administrator asks for (KIP-1331).
  private static final byte NOT_REQUESTED = 0;
  private static final byte NOT_STORED = 1;
  private static final byte AVAILABLE = 3;

  private StreamsGroupDescriptions() {}

  static DescribedGroup described(StreamsGroupDescription group, boolean withDescription) {
    TopologyDescription described = withDescription ? group.description() : null;
    byte status = !withDescription ? NOT_REQUESTED : described == null ? NOT_STORED : AVAILABLE;
    return new DescribedGroup()
        .setGroupId(group.group())
        .setGroupState(GroupAdminHandler.name(group.state()))
        .setGroupEpoch(group.epoch())
        .setAssignmentEpoch(group.assignmentEpoch())
        .setTopology(described(group.topology(), group.resolved()))
        .setMembers(group.members().stream().map(StreamsGroupDescriptions::described).toList())
        .setTopologyDescriptionStatus(status)
        .setTopologyDescription(described == null ? null : TopologyDescriptions.shown(described))
        .setAssignorName(group.assignor());
  }

  /** With the partitions of internal topics as they are to be, once they can be told. */
  private static StreamsGroupDescribeResponseData.@Nullable Topology described(
      @Nullable StreamsTopology topology, @Nullable ResolvedTopology resolved) {
    if (topology == null) {
      return null;
    }
    StreamsGroupDescribeResponseData.Topology described =
        new StreamsGroupDescribeResponseData.Topology()
            .setEpoch(topology.epoch())
            .setSubtopologies(new ArrayList<>());
    for (Subtopology each : topology.subtopologies()) {
      ResolvedTopology.Part part = resolved == null ? null : resolved.parts().get(each.id());
      Objects.requireNonNull(described.subtopologies())
          .add(
              new StreamsGroupDescribeResponseData.Subtopology()
                  .setSubtopologyId(each.id())
                  .setSourceTopics(each.sourceTopics())
                  .setRepartitionSinkTopics(each.repartitionSinks())
                  .setStateChangelogTopics(
                      described(part == null ? each.changelogs() : part.changelogs()))
                  .setRepartitionSourceTopics(
                      described(
                          part == null ? each.repartitionSources() : part.repartitionSources())));
    }
    return described;
  }

  private static List<StreamsGroupDescribeResponseData.TopicInfo> described(
      List<InternalTopic> topics) {
    List<StreamsGroupDescribeResponseData.TopicInfo> described = new ArrayList<>();
    for (InternalTopic topic : topics) {
      StreamsGroupDescribeResponseData.TopicInfo info =
          new StreamsGroupDescribeResponseData.TopicInfo()
              .setName(topic.name())
              .setPartitions(topic.partitions())
              .setReplicationFactor(topic.replicationFactor());
      topic.settings().forEach((key, value) -> info.topicConfigs().add(pair(key, value)));
      described.add(info);
    }
    return described;
  }

  private static StreamsGroupDescribeResponseData.KeyValue pair(String key, String value) {
    return new StreamsGroupDescribeResponseData.KeyValue().setKey(key).setValue(value);
  }

  private static StreamsGroupDescribeResponseData.Member described(
      StreamsGroupDescription.MemberDescription described) {
    StreamsMember member = described.member();
    Endpoint endpoint = member.metadata().endpoint();
    List<StreamsGroupDescribeResponseData.KeyValue> tags = new ArrayList<>();
    member.metadata().clientTags().forEach((key, value) -> tags.add(pair(key, value)));
    return new StreamsGroupDescribeResponseData.Member()
        .setMemberId(member.id())
        .setMemberEpoch(member.current().epoch())
        .setInstanceId(member.metadata().instanceId())
        .setRackId(member.metadata().rackId())
        .setClientId(member.metadata().clientId())
        .setClientHost(member.metadata().clientHost())
        .setTopologyEpoch(member.metadata().topologyEpoch())
        .setProcessId(member.metadata().processId())
        .setUserEndpoint(
            endpoint == null
                ? null
                : new StreamsGroupDescribeResponseData.Endpoint()
                    .setHost(endpoint.host())
                    .setPort(endpoint.port()))
        .setClientTags(tags)
        .setTaskOffsets(offsets(described.reported().offsets()))
        .setTaskEndOffsets(offsets(described.reported().ends()))
        .setAssignment(assignment(member.current().assigned()))
        .setTargetAssignment(assignment(described.target()));
  }

  private static List<StreamsGroupDescribeResponseData.TaskOffset> offsets(
      Map<TaskId, Long> offsets) {
    List<StreamsGroupDescribeResponseData.TaskOffset> described = new ArrayList<>();
    new TreeMap<>(offsets)
        .forEach(
            (task, offset) ->
                described.add(
                    new StreamsGroupDescribeResponseData.TaskOffset()
                        .setSubtopologyId(task.subtopology())
                        .setPartition(task.partition())
                        .setOffset(offset)));
    return described;
  }

  private static StreamsGroupDescribeResponseData.Assignment assignment(Tasks tasks) {
    return new StreamsGroupDescribeResponseData.Assignment()
        .setActiveTasks(StreamsGroupMessages.lines(tasks.active(), StreamsGroupDescriptions::line))
        .setStandbyTasks(
            StreamsGroupMessages.lines(tasks.standby(), StreamsGroupDescriptions::line))
        .setWarmupTasks(StreamsGroupMessages.lines(tasks.warmup(), StreamsGroupDescriptions::line));
  }

  private static StreamsGroupDescribeResponseData.TaskIds line(
      String subtopology, List<Integer> partitions) {
    return new StreamsGroupDescribeResponseData.TaskIds()
        .setSubtopologyId(subtopology)
        .setPartitions(partitions);
  }
}
