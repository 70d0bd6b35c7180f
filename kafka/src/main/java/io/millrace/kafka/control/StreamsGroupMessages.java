package io.millrace.kafka.control;

import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsHeartbeat.EndpointPartitions;
import io.millrace.broker.group.streams.StreamsMemberMetadata.Endpoint;
import io.millrace.broker.group.streams.StreamsStatus;
import io.millrace.broker.group.streams.StreamsStatus.Code;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.group.streams.StreamsTopology.Subtopology;
import io.millrace.broker.group.streams.TaskId;
import io.millrace.broker.group.streams.Tasks;
import io.millrace.broker.topic.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TaskIds;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData.EndpointToPartitions;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData.Status;
import org.jspecify.annotations.Nullable;

/** Kafka's StreamsGroupHeartbeat, and what it says in the broker's words. */
final class StreamsGroupMessages {

  /** From here on members report how far their state has come, and know all statuses. */
  private static final short FIRST_WITH_PROGRESS = 1;

  private StreamsGroupMessages() {}

  static StreamsHeartbeat heartbeat(StreamsGroupHeartbeatRequestData request, Caller caller) {
    return new StreamsHeartbeat(
        request.groupId(),
        request.memberId(),
        request.memberEpoch(),
        request.endpointInformationEpoch(),
        request.instanceId(),
        request.rackId(),
        caller.clientId(),
        caller.clientHost(),
        request.rebalanceTimeoutMs(),
        topology(request.topology()),
        owned(request),
        request.processId(),
        request.userEndpoint() == null
            ? null
            : new Endpoint(request.userEndpoint().host(), request.userEndpoint().port()),
        request.clientTags() == null ? null : pairs(request.clientTags()),
        offsets(request.taskOffsets()),
        offsets(request.taskEndOffsets()),
        caller.version() >= FIRST_WITH_PROGRESS,
        request.shutdownApplication());
  }

  private static @Nullable StreamsTopology topology(
      StreamsGroupHeartbeatRequestData.@Nullable Topology told) {
    if (told == null) {
      return null;
    }
    List<Subtopology> subtopologies = new ArrayList<>();
    for (StreamsGroupHeartbeatRequestData.Subtopology each : told.subtopologies()) {
      List<StreamsTopology.Copartitioned> copartitioned = new ArrayList<>();
      for (StreamsGroupHeartbeatRequestData.CopartitionGroup group : each.copartitionGroups()) {
        copartitioned.add(
            new StreamsTopology.Copartitioned(
                group.sourceTopics(), group.sourceTopicRegex(), group.repartitionSourceTopics()));
      }
      subtopologies.add(
          new Subtopology(
              each.subtopologyId(),
              each.sourceTopics(),
              each.sourceTopicRegex(),
              topics(each.stateChangelogTopics()),
              each.repartitionSinkTopics(),
              topics(each.repartitionSourceTopics()),
              copartitioned));
    }
    subtopologies.sort(Comparator.comparing(Subtopology::id));
    return new StreamsTopology(told.epoch(), subtopologies);
  }

  private static List<InternalTopic> topics(List<StreamsGroupHeartbeatRequestData.TopicInfo> told) {
    return told.stream()
        .map(
            topic ->
                new InternalTopic(
                    topic.name(),
                    topic.partitions(),
                    topic.replicationFactor(),
                    pairs(topic.topicConfigs())))
        .toList();
  }

  private static Map<String, String> pairs(List<StreamsGroupHeartbeatRequestData.KeyValue> told) {
    Map<String, String> pairs = new HashMap<>();
    told.forEach(pair -> pairs.put(pair.key(), pair.value()));
    return pairs;
  }

  private static @Nullable Tasks owned(StreamsGroupHeartbeatRequestData request) {
    List<TaskIds> active = request.activeTasks();
    List<TaskIds> standby = request.standbyTasks();
    List<TaskIds> warmup = request.warmupTasks();
    if (active == null && standby == null && warmup == null) {
      return null;
    }
    if (active == null || standby == null || warmup == null) {
      throw new InvalidRequestException(
          "a member that tells its tasks has to tell active, standby and warm-up tasks together");
    }
    return new Tasks(tasks(active), tasks(standby), tasks(warmup));
  }

  private static Set<TaskId> tasks(List<TaskIds> told) {
    Set<TaskId> tasks = new HashSet<>();
    for (TaskIds each : told) {
      each.partitions()
          .forEach(partition -> tasks.add(new TaskId(each.subtopologyId(), partition)));
    }
    return tasks;
  }

  private static @Nullable Map<TaskId, Long> offsets(
      @Nullable List<StreamsGroupHeartbeatRequestData.TaskOffset> told) {
    if (told == null) {
      return null;
    }
    Map<TaskId, Long> offsets = new HashMap<>();
    told.forEach(
        each -> offsets.put(new TaskId(each.subtopologyId(), each.partition()), each.offset()));
    return offsets;
  }

  static StreamsGroupHeartbeatResponseData answered(StreamsHeartbeat.Answer answer, short version) {
    StreamsGroupHeartbeatResponseData response =
        new StreamsGroupHeartbeatResponseData()
            .setMemberId(answer.memberId())
            .setMemberEpoch(answer.epoch())
            .setHeartbeatIntervalMs(answer.intervalMillis())
            .setTaskOffsetIntervalMs(answer.taskOffsetIntervalMillis())
            .setEndpointInformationEpoch(answer.endpointEpoch())
            .setStatus(statuses(answer.statuses(), version));
    if (version < FIRST_WITH_PROGRESS) {
      response.setAcceptableRecoveryLagLegacy(
          (int) Math.min(Integer.MAX_VALUE, answer.acceptableLag()));
    } else {
      response
          .setAcceptableRecoveryLag(answer.acceptableLag())
          .setTopologyDescriptionRequired(answer.isDescriptionMissing());
    }
    Tasks tasks = answer.tasks();
    if (tasks != null) {
      response
          .setActiveTasks(lines(tasks.active(), StreamsGroupMessages::line))
          .setStandbyTasks(lines(tasks.standby(), StreamsGroupMessages::line))
          .setWarmupTasks(lines(tasks.warmup(), StreamsGroupMessages::line));
    }
    List<EndpointPartitions> endpoints = answer.endpoints();
    if (endpoints != null) {
      response.setPartitionsByUserEndpoint(
          endpoints.stream().map(StreamsGroupMessages::endpoint).toList());
    }
    return response;
  }

  private static List<Status> statuses(List<StreamsStatus> statuses, short version) {
    return statuses.stream()
        .filter(
            status -> version >= FIRST_WITH_PROGRESS || status.code() != Code.MISSING_CLIENT_TAGS)
        .map(
            status ->
                new Status().setStatusCode(status.code().code()).setStatusDetail(status.detail()))
        .toList();
  }

  /** Tasks by subtopology, as messages list them. */
  static <T> List<T> lines(Set<TaskId> tasks, BiFunction<String, List<Integer>, T> line) {
    SortedMap<String, Set<Integer>> bySubtopology = new TreeMap<>();
    for (TaskId each : tasks) {
      bySubtopology
          .computeIfAbsent(each.subtopology(), id -> new TreeSet<>())
          .add(each.partition());
    }
    List<T> lines = new ArrayList<>();
    bySubtopology.forEach((id, partitions) -> lines.add(line.apply(id, List.copyOf(partitions))));
    return lines;
  }

  private static StreamsGroupHeartbeatResponseData.TaskIds line(
      String subtopology, List<Integer> partitions) {
    return new StreamsGroupHeartbeatResponseData.TaskIds()
        .setSubtopologyId(subtopology)
        .setPartitions(partitions);
  }

  private static EndpointToPartitions endpoint(EndpointPartitions told) {
    return new EndpointToPartitions()
        .setUserEndpoint(
            new StreamsGroupHeartbeatResponseData.Endpoint()
                .setHost(told.endpoint().host())
                .setPort(told.endpoint().port()))
        .setActivePartitions(byTopic(told.active()))
        .setStandbyPartitions(byTopic(told.standby()));
  }

  private static List<StreamsGroupHeartbeatResponseData.TopicPartition> byTopic(
      Set<TopicPartition> partitions) {
    SortedMap<String, Set<Integer>> byTopic = new TreeMap<>();
    for (TopicPartition each : partitions) {
      byTopic.computeIfAbsent(each.topic(), topic -> new TreeSet<>()).add(each.partition());
    }
    List<StreamsGroupHeartbeatResponseData.TopicPartition> lines = new ArrayList<>();
    byTopic.forEach(
        (topic, indexes) ->
            lines.add(
                new StreamsGroupHeartbeatResponseData.TopicPartition()
                    .setTopic(topic)
                    .setPartitions(List.copyOf(indexes))));
    return lines;
  }
}
