package io.millrace.broker.group.streams;

import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.consumer.MemberState;
import io.millrace.broker.group.consumer.TopicsHash;
import io.millrace.broker.group.streams.StreamsGroupRecord.Current;
import io.millrace.broker.group.streams.StreamsGroupRecord.Forgotten;
import io.millrace.broker.group.streams.StreamsGroupRecord.GroupEpoch;
import io.millrace.broker.group.streams.StreamsGroupRecord.Kind;
import io.millrace.broker.group.streams.StreamsGroupRecord.Member;
import io.millrace.broker.group.streams.StreamsGroupRecord.Target;
import io.millrace.broker.group.streams.StreamsGroupRecord.TargetEpoch;
import io.millrace.broker.group.streams.StreamsGroupRecord.Topology;
import io.millrace.broker.topic.TopicsImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A streams group: what its records add up to, and questions about it. {@link #apply} is the only
 * way in which it changes, live and at recovery. After a compaction records may come in another
 * order than the one they were written in, so what belongs to a member is kept by its id until both
 * are there. Confined to the mailbox of its shard.
 */
public final class StreamsGroup {

  private static final int NOT_VALIDATED = -1;

  /** Epoch 1 is that of members that wait for the first assignment. */
  private static final int FIRST_EPOCH = 2;

  private final String name;
  private final Map<String, StreamsMemberMetadata> members = new LinkedHashMap<>();
  private final Map<String, TaskAssignment> currents = new HashMap<>();
  private final Map<String, Tasks> targets = new HashMap<>();
  private final Map<String, String> idsByInstance = new HashMap<>();
  private final TaskHolders holders = new TaskHolders(this::processOf);
  private @Nullable StreamsTopology topology;
  private @Nullable ResolvedTopology resolved;
  private @Nullable TopicsImage resolvedFor;
  private int epoch;
  private int assignmentEpoch;
  private long assignedMillis;
  private long metadataHash;
  private int validatedTopologyEpoch = NOT_VALIDATED;
  private Map<String, String> assignedBy = Map.of();

  /** A group of which nothing is known yet. */
  public StreamsGroup(String name) {
    this.name = name;
  }

  // ---- records ----

  /** Takes a record over. */
  public void apply(StreamsGroupRecord record) {
    switch (record) {
      case GroupEpoch group -> {
        epoch = group.epoch();
        metadataHash = group.metadataHash();
        validatedTopologyEpoch = group.validatedTopologyEpoch();
        assignedBy = group.assignedBy();
      }
      case Member member -> {
        forgetInstance(member.memberId());
        members.put(member.memberId(), member.metadata());
        String instanceId = member.metadata().instanceId();
        if (instanceId != null) {
          idsByInstance.put(instanceId, member.memberId());
        }
      }
      case Topology changed -> {
        topology = changed.topology();
        resolvedFor = null;
      }
      case TargetEpoch target -> {
        assignmentEpoch = target.epoch();
        assignedMillis = target.assignedMillis();
      }
      case Target target -> targets.put(target.memberId(), target.tasks());
      case Current current -> {
        holders.release(current.memberId(), currents.get(current.memberId()));
        currents.put(current.memberId(), current.assignment());
        holders.hold(current.memberId(), current.assignment());
      }
      case Forgotten gone -> forget(gone.kind(), gone.memberId() == null ? "" : gone.memberId());
    }
  }

  private void forget(Kind kind, String memberId) {
    switch (kind) {
      case MEMBER -> {
        forgetInstance(memberId);
        members.remove(memberId);
      }
      case TARGET -> targets.remove(memberId);
      case CURRENT -> holders.release(memberId, currents.remove(memberId));
      case TARGET_EPOCH -> assignmentEpoch = 0;
      case GROUP -> epoch = 0;
      case TOPOLOGY -> {
        topology = null;
        resolvedFor = null;
      }
    }
  }

  private void forgetInstance(String memberId) {
    StreamsMemberMetadata before = members.get(memberId);
    String instanceId = before == null ? null : before.instanceId();
    if (instanceId != null) {
      idsByInstance.remove(instanceId, memberId);
    }
  }

  /** The tombstones of a member. */
  public List<StreamsGroupRecord> forgetting(String memberId) {
    return List.of(
        new Forgotten(name, Kind.CURRENT, memberId),
        new Forgotten(name, Kind.TARGET, memberId),
        new Forgotten(name, Kind.MEMBER, memberId));
  }

  /** The tombstones of the group, members included. */
  public List<StreamsGroupRecord> forgetting() {
    List<StreamsGroupRecord> records = new ArrayList<>();
    members.keySet().forEach(id -> records.addAll(forgetting(id)));
    records.add(new Forgotten(name, Kind.TARGET_EPOCH, null));
    records.add(new Forgotten(name, Kind.TOPOLOGY, null));
    records.add(new Forgotten(name, Kind.GROUP, null));
    return records;
  }

  /** The records by which one member takes the place of another, with what that one has. */
  public List<StreamsGroupRecord> replacing(StreamsMember old, String newId) {
    List<StreamsGroupRecord> records = new ArrayList<>(forgetting(old.id()));
    records.add(new Member(name, newId, old.metadata()));
    records.add(new Target(name, newId, target(old.id())));
    records.add(new Current(name, newId, old.current().back()));
    return records;
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
        name, Math.max(FIRST_EPOCH, epoch + 1), hash(next, image), validated(next, there), rules);
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

  /** Its name. */
  public String name() {
    return name;
  }

  /** Grows with each change of members, topology, topics or settings. */
  public int epoch() {
    return epoch;
  }

  /** The group epoch that the target was computed for. */
  public int assignmentEpoch() {
    return assignmentEpoch;
  }

  /** The settings that the group epoch stands for. */
  public Map<String, String> assignedBy() {
    return assignedBy;
  }

  /** When the target was computed, in milliseconds since 1970. */
  public long assignedMillis() {
    return assignedMillis;
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

  /** The ids of all members, the oldest first. */
  public Set<String> memberIds() {
    return members.keySet();
  }

  /** The member of that id, or null. */
  public @Nullable StreamsMember member(String id) {
    StreamsMemberMetadata metadata = members.get(id);
    return metadata == null ? null : new StreamsMember(id, metadata, current(id));
  }

  /** The static member of that instance id, or null. */
  public @Nullable StreamsMember ofInstance(String instanceId) {
    String id = idsByInstance.get(instanceId);
    return id == null ? null : member(id);
  }

  private TaskAssignment current(String id) {
    return currents.getOrDefault(id, TaskAssignment.NONE);
  }

  private String processOf(String id) {
    StreamsMemberMetadata metadata = members.get(id);
    return metadata == null ? "" : metadata.processId();
  }

  /** What a member is to have. */
  public Tasks target(String memberId) {
    return targets.getOrDefault(memberId, Tasks.NONE);
  }

  /** What members other than that one have. */
  public TaskReconciliation.Others others(String memberId) {
    return holders.othersThan(memberId);
  }

  /** Whether the group reads the topic. */
  public boolean isSubscribedTo(String topic) {
    return !members.isEmpty() && topology != null && topology.reads(topic);
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
            .map(each -> member.current().activeSince().get(new TaskId(each.id(), partition)))
            .anyMatch(since -> since != null && since <= epoch);
  }

  /** Its state, as administrators see it. */
  public GroupState state() {
    if (members.isEmpty()) {
      return GroupState.EMPTY;
    }
    if (topology == null || validatedTopologyEpoch != topology.epoch()) {
      return GroupState.NOT_READY;
    }
    if (epoch > assignmentEpoch) {
      return GroupState.ASSIGNING;
    }
    boolean settled =
        members.keySet().stream()
            .map(this::current)
            .allMatch(
                each -> each.state() == MemberState.STABLE && each.epoch() == assignmentEpoch);
    return settled ? GroupState.STABLE : GroupState.RECONCILING;
  }

  // ---- assignment ----

  /** The records that bring the target to the present group epoch. */
  public List<StreamsGroupRecord> assign(
      TopicsImage image, AssignmentRules rules, StreamsGroupMemory memory, long nowMillis) {
    Map<String, Tasks> assigned =
        TaskSharing.share(
            topology, resolved(image), members, this::target, holders::processing, memory, rules);
    List<StreamsGroupRecord> records = new ArrayList<>();
    for (String id : members.keySet()) {
      Tasks tasks = assigned.getOrDefault(id, Tasks.NONE);
      if (!tasks.equals(targets.get(id))) {
        records.add(new Target(name, id, tasks));
      }
    }
    records.add(new TargetEpoch(name, epoch, nowMillis));
    return records;
  }
}
