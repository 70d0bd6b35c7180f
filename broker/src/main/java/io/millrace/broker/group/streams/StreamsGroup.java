package io.millrace.broker.group.streams;

import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.consumer.TopicsHash;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.HeartbeatGroup;
import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import io.millrace.broker.group.member.Members;
import io.millrace.broker.group.streams.StreamsGroupRecord.Current;
import io.millrace.broker.group.streams.StreamsGroupRecord.Forgotten;
import io.millrace.broker.group.streams.StreamsGroupRecord.GroupEpoch;
import io.millrace.broker.group.streams.StreamsGroupRecord.Member;
import io.millrace.broker.group.streams.StreamsGroupRecord.Target;
import io.millrace.broker.group.streams.StreamsGroupRecord.TargetEpoch;
import io.millrace.broker.group.streams.StreamsGroupRecord.Topology;
import io.millrace.broker.topic.TopicsImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A streams group: what its records add up to, and questions about it. {@link #apply} is the only
 * way in which that changes, live and at recovery. Confined to the mailbox of its shard.
 */
public final class StreamsGroup implements HeartbeatGroup<StreamsGroupRecord> {

  private static final int NOT_VALIDATED = -1;

  /** Epoch 1 is that of members that wait for the first assignment. */
  private static final int FIRST_EPOCH = 2;

  private final String name;
  private final Members<StreamsMemberMetadata, Tasks, StreamsGroupRecord> members =
      new Members<>(Tasks.NONE, new Records());
  private final TaskHolders holders = new TaskHolders(this::processOf);
  private @Nullable StreamsTopology topology;
  private @Nullable ResolvedTopology resolved;
  private @Nullable TopicsImage resolvedFor;
  private @Nullable StreamsGroupMemory memory;
  private long metadataHash;
  private int validatedTopologyEpoch = NOT_VALIDATED;
  private Map<String, String> assignedBy = Map.of();

  /** A group of which nothing is known yet. */
  public StreamsGroup(String name) {
    this.name = name;
  }

  /** Its records. */
  private final class Records
      implements Members.Records<StreamsMemberMetadata, Tasks, StreamsGroupRecord> {

    @Override
    public StreamsGroupRecord member(String memberId, StreamsMemberMetadata metadata) {
      return new Member(name, memberId, metadata);
    }

    @Override
    public StreamsGroupRecord target(String memberId, Tasks work) {
      return new Target(name, memberId, work);
    }

    @Override
    public StreamsGroupRecord current(String memberId, CurrentAssignment<Tasks> assignment) {
      return StreamsGroup.this.current(memberId, assignment);
    }

    @Override
    public StreamsGroupRecord tombstone(Kind kind, @Nullable String memberId) {
      return new Forgotten(name, kind, memberId);
    }
  }

  // ---- records ----

  @Override
  public void apply(StreamsGroupRecord record) {
    switch (record) {
      case GroupEpoch group -> {
        members.epoch(group.epoch());
        metadataHash = group.metadataHash();
        validatedTopologyEpoch = group.validatedTopologyEpoch();
        assignedBy = group.assignedBy();
      }
      case Member member -> members.put(member.memberId(), member.metadata());
      case Topology changed -> topologyIs(changed.topology());
      case TargetEpoch target -> members.assigned(target.epoch(), target.assignedMillis());
      case Target target -> members.putTarget(target.memberId(), target.tasks());
      case Current current -> {
        holders.release(current.memberId(), members.current(current.memberId()));
        members.putCurrent(current.memberId(), current.assignment());
        holders.hold(current.memberId(), current.assignment(), current.activeSince());
      }
      case Forgotten gone -> {
        String memberId = gone.memberId() == null ? "" : gone.memberId();
        if (gone.kind() == Kind.CURRENT) {
          holders.release(memberId, members.current(memberId));
        } else if (gone.kind() == Kind.TOPOLOGY) {
          topologyIs(null);
        }
        members.forget(gone.kind(), memberId);
      }
    }
  }

  private void topologyIs(@Nullable StreamsTopology told) {
    topology = told;
    resolvedFor = null;
  }

  @Override
  public List<StreamsGroupRecord> forgetting() {
    return members.forgettingAll(Kind.TOPOLOGY);
  }

  /** The record by which a member comes to an assignment. */
  public Current current(String memberId, CurrentAssignment<Tasks> assignment) {
    return new Current(name, memberId, assignment, holders.activeSince(assignment));
  }

  /**
   * The next group epoch, with what holds now.
   *
   * @param told the topology that comes with it; null when it stays what it is
   */
  public GroupEpoch bumped(
      @Nullable StreamsTopology told, TopicsImage image, Map<String, String> rules) {
    StreamsTopology next = told == null ? topology : told;
    ResolvedTopology there = told == null ? resolved(image) : TopologyResolver.resolve(told, image);
    return new GroupEpoch(
        name,
        Math.max(FIRST_EPOCH, members.epoch() + 1),
        hash(next, image),
        validated(next, there),
        rules);
  }

  private static int validated(@Nullable StreamsTopology topology, ResolvedTopology resolved) {
    return topology != null && resolved.isReady() ? topology.epoch() : NOT_VALIDATED;
  }

  /** Whether the group epoch stands for other topics than these. */
  public boolean isOutdated(TopicsImage image) {
    return validatedTopologyEpoch != validated(topology, resolved(image))
        || hash(topology, image) != metadataHash;
  }

  private static long hash(@Nullable StreamsTopology topology, TopicsImage image) {
    return topology == null ? 0 : TopicsHash.of(topology.topics(), image);
  }

  // ---- questions ----

  @Override
  public String name() {
    return name;
  }

  @Override
  public Members<StreamsMemberMetadata, Tasks, StreamsGroupRecord> members() {
    return members;
  }

  /**
   * What is in no record of it.
   *
   * @param firstEndpointEpoch where that begins; above all that members were told before a restart
   */
  public StreamsGroupMemory memory(int firstEndpointEpoch) {
    StreamsGroupMemory present = memory;
    if (present == null) {
      present = new StreamsGroupMemory(firstEndpointEpoch);
      memory = present;
    }
    return present;
  }

  /** The settings that the group epoch stands for. */
  public Map<String, String> assignedBy() {
    return assignedBy;
  }

  /** What the application consists of; null before a member has told it. */
  public @Nullable StreamsTopology topology() {
    return topology;
  }

  /** The topology held against the topics; computed when either has changed. */
  @SuppressWarnings("ReferenceEquality")
  public ResolvedTopology resolved(TopicsImage image) {
    ResolvedTopology present = resolved;
    if (present == null || resolvedFor != image) {
      present =
          TopologyResolver.resolve(
              topology == null ? new StreamsTopology(0, List.of()) : topology, image);
      resolved = present;
      resolvedFor = image;
    }
    return present;
  }

  /** The member of that id, or null. */
  public @Nullable StreamsMember member(String id) {
    StreamsMemberMetadata metadata = members.metadata(id);
    return metadata == null ? null : new StreamsMember(id, metadata, members.current(id));
  }

  private String processOf(String id) {
    StreamsMemberMetadata metadata = members.metadata(id);
    return metadata == null ? "" : metadata.processId();
  }

  /** What members other than that one have. */
  public TaskGoal.Others others(String memberId) {
    return holders.othersThan(memberId);
  }

  /** Whether the group reads the topic. */
  public boolean isSubscribedTo(String topic) {
    return !members.ids().isEmpty() && topology != null && topology.reads(topic);
  }

  /**
   * Whether a member that has not heard of a later epoch may commit for a partition: it has the
   * task since before, so nobody else can have written meanwhile (KIP-1251).
   */
  public boolean mayCommit(StreamsMember member, String topic, int partition, int epoch) {
    StreamsTopology present = topology;
    return present != null
        && present.subtopologies().stream()
            .filter(each -> each.inputs().contains(topic))
            .map(each -> new TaskId(each.id(), partition))
            .anyMatch(task -> holders.hasProcessedSince(task, member.id(), epoch));
  }

  @Override
  public GroupState state() {
    boolean ready = topology != null && validatedTopologyEpoch == topology.epoch();
    return ready || members.ids().isEmpty() ? members.state() : GroupState.NOT_READY;
  }

  // ---- assignment ----

  /** The records that bring the target to the present group epoch. */
  public List<StreamsGroupRecord> assign(
      TopicsImage image, AssignmentRules rules, StreamsGroupMemory memory, long nowMillis) {
    Map<String, Tasks> assigned =
        TaskSharing.share(
            topology,
            resolved(image),
            members.all(),
            members::target,
            holders::processing,
            memory,
            rules);
    List<StreamsGroupRecord> records = new ArrayList<>();
    for (String id : members.ids()) {
      Tasks tasks = assigned.getOrDefault(id, Tasks.NONE);
      if (!members.hasTarget(id, tasks)) {
        records.add(new Target(name, id, tasks));
      }
    }
    records.add(new TargetEpoch(name, members.epoch(), nowMillis));
    return records;
  }
}
