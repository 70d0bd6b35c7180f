package io.millrace.broker.group;

import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.streams.ResolvedTopology;
import io.millrace.broker.group.streams.StreamsGroup;
import io.millrace.broker.group.streams.StreamsGroupMemory;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsHeartbeat.Answer;
import io.millrace.broker.group.streams.StreamsHeartbeat.EndpointPartitions;
import io.millrace.broker.group.streams.StreamsMember;
import io.millrace.broker.group.streams.StreamsMemberMetadata;
import io.millrace.broker.group.streams.StreamsMemberMetadata.Endpoint;
import io.millrace.broker.group.streams.StreamsStatus;
import io.millrace.broker.group.streams.StreamsStatus.Code;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.TaskId;
import io.millrace.broker.group.streams.Tasks;
import io.millrace.broker.group.streams.TopologyDescription;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicsImage;
import io.millrace.broker.topic.TopicsImage.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What members of a streams group are told. Of one call in the shard's mailbox. */
record StreamsAnswers(
    StreamsGroup group, StreamsGroupMemory memory, TopicsImage image, StreamsGroupConfig config) {

  /** The answer to a member that leaves. */
  static Answer farewell(String memberId, int epoch) {
    return new Answer(memberId, epoch, 0, 0, 0, List.of(), null, 0, null, List.of(), false);
  }

  /**
   * The answer to a heartbeat that was decided.
   *
   * @param told whether it says what the member may work on
   * @param delay why tasks are not shared out yet, or null
   */
  Answer to(
      StreamsHeartbeat request,
      CurrentAssignment<Tasks> now,
      boolean told,
      @Nullable String delay) {
    ResolvedTopology resolved = group.resolved(image);
    return new Answer(
        request.memberId(),
        now.epoch(),
        Math.toIntExact(config.heartbeatInterval().toMillis()),
        config.rules().acceptableLag(),
        Math.toIntExact(config.taskOffsetInterval().toMillis()),
        statuses(request.memberId(), resolved, delay),
        told ? now.assigned() : null,
        memory.endpointEpoch(),
        request.endpointEpoch() == memory.endpointEpoch() ? null : endpoints(resolved),
        resolved.missing(),
        isDescriptionMissing(request.memberId()));
  }

  /** Whether nobody has described the group's topology yet that the member runs. */
  private boolean isDescriptionMissing(String memberId) {
    StreamsTopology topology = group.topology();
    StreamsMemberMetadata member = group.members().metadata(memberId);
    TopologyDescription told = memory.description();
    return topology != null
        && member != null
        && member.topologyEpoch() == topology.epoch()
        && (told == null || told.epoch() != topology.epoch());
  }

  private List<StreamsStatus> statuses(
      String memberId, ResolvedTopology resolved, @Nullable String delay) {
    List<StreamsStatus> statuses = new ArrayList<>();
    StreamsMember member = group.member(memberId);
    StreamsTopology topology = group.topology();
    if (member != null
        && topology != null
        && member.metadata().topologyEpoch() < topology.epoch()) {
      statuses.add(
          new StreamsStatus(
              Code.STALE_TOPOLOGY,
              "The member's topology epoch "
                  + member.metadata().topologyEpoch()
                  + " is behind the group's topology epoch "
                  + topology.epoch()
                  + "."));
    }
    if (delay != null) {
      statuses.add(new StreamsStatus(Code.ASSIGNMENT_DELAYED, delay));
    }
    if (resolved.problem() != null) {
      statuses.add(resolved.problem());
    }
    if (memory.shutdownBy() != null) {
      statuses.add(
          new StreamsStatus(
              Code.SHUTDOWN_APPLICATION,
              "Streams group member "
                  + memory.shutdownBy()
                  + " encountered a fatal error and requested a shutdown for the entire"
                  + " application."));
    }
    if (member != null) {
      List<String> lacking = new ArrayList<>(config.rules().rackTags());
      lacking.removeAll(member.metadata().clientTags().keySet());
      if (!lacking.isEmpty()) {
        statuses.add(
            new StreamsStatus(
                Code.MISSING_CLIENT_TAGS,
                "Missing required client tags for rack-aware standby assignment: "
                    + String.join(", ", lacking)
                    + ". Configure them via 'client.tag.<tagKey>' in your Streams config."));
      }
    }
    return List.copyOf(statuses);
  }

  private List<EndpointPartitions> endpoints(ResolvedTopology resolved) {
    List<EndpointPartitions> endpoints = new ArrayList<>();
    for (String id : group.members().ids()) {
      StreamsMember member = group.member(id);
      Endpoint endpoint = member == null ? null : member.metadata().endpoint();
      if (member != null && endpoint != null) {
        Tasks tasks = member.current().assigned();
        endpoints.add(
            new EndpointPartitions(
                endpoint,
                inputs(tasks.active().stream(), resolved),
                inputs(
                    Stream.concat(tasks.standby().stream(), tasks.warmup().stream()), resolved)));
      }
    }
    return List.copyOf(endpoints);
  }

  /** The partitions that tasks read. */
  private Set<TopicPartition> inputs(Stream<TaskId> tasks, ResolvedTopology resolved) {
    Set<TopicPartition> partitions = new HashSet<>();
    tasks.forEach(
        task -> {
          ResolvedTopology.Part part = resolved.parts().get(task.subtopology());
          if (part != null) {
            Stream.concat(
                    part.sourceTopics().stream(),
                    part.repartitionSources().stream().map(StreamsTopology.InternalTopic::name))
                .filter(topic -> task.partition() < partitions(topic))
                .forEach(topic -> partitions.add(new TopicPartition(topic, task.partition())));
          }
        });
    return Set.copyOf(partitions);
  }

  private int partitions(String topic) {
    Shape shape = image.shape(topic);
    return shape == null ? 0 : shape.partitions();
  }
}
