package io.millrace.broker.group.consumer;

import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.consumer.Assignor.Subscriber;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Current;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Forgotten;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.GroupEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Kind;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Member;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Target;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.TargetEpoch;
import io.millrace.broker.topic.TopicsImage;
import io.millrace.broker.topic.TopicsImage.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group of the new protocol: what its records add up to, and questions about it. {@link #apply}
 * is the only way in which it changes, live and at recovery. After a compaction records may come in
 * another order than the one they were written in, so what belongs to a member is kept by its id
 * until both are there. Confined to the mailbox of its shard.
 */
public final class ConsumerGroup {

  private final String name;
  private final Map<String, MemberMetadata> members = new LinkedHashMap<>();
  private final Map<String, CurrentAssignment> currents = new HashMap<>();
  private final Map<String, Set<TopicIdPartition>> targets = new HashMap<>();
  private final Map<TopicIdPartition, String> owners = new HashMap<>();
  private final Map<String, String> idsByInstance = new HashMap<>();
  private final Map<String, TopicPattern> patterns = new HashMap<>();
  private int epoch;
  private int assignmentEpoch;
  private long metadataHash;
  private long creationMillis = -1;

  /** A group of which nothing is known yet. */
  public ConsumerGroup(String name) {
    this.name = name;
  }

  // ---- records ----

  /** Takes a record over. */
  public void apply(ConsumerGroupRecord record) {
    switch (record) {
      case GroupEpoch group -> {
        epoch = group.epoch();
        metadataHash = group.metadataHash();
        creationMillis = group.creationMillis();
      }
      case Member member -> {
        forgetInstance(member.memberId());
        members.put(member.memberId(), member.metadata());
        String instanceId = member.metadata().instanceId();
        if (instanceId != null) {
          idsByInstance.put(instanceId, member.memberId());
        }
        forgetUnusedPatterns();
      }
      case TargetEpoch target -> assignmentEpoch = target.epoch();
      case Target target -> targets.put(target.memberId(), Set.copyOf(target.partitions()));
      case Current current -> {
        release(current.memberId());
        currents.put(current.memberId(), current.assignment());
        own(current.assignment().assigned(), current.memberId());
        own(current.assignment().revoking(), current.memberId());
      }
      case Forgotten gone -> forget(gone.kind(), gone.memberId() == null ? "" : gone.memberId());
    }
  }

  private void forget(Kind kind, String memberId) {
    switch (kind) {
      case MEMBER -> {
        forgetInstance(memberId);
        members.remove(memberId);
        forgetUnusedPatterns();
      }
      case TARGET -> targets.remove(memberId);
      case CURRENT -> {
        release(memberId);
        currents.remove(memberId);
      }
      case TARGET_EPOCH -> assignmentEpoch = 0;
      case GROUP -> epoch = 0;
    }
  }

  private void forgetInstance(String memberId) {
    MemberMetadata before = members.get(memberId);
    String instanceId = before == null ? null : before.instanceId();
    if (instanceId != null) {
      idsByInstance.remove(instanceId, memberId);
    }
  }

  private void own(Collection<TopicIdPartition> partitions, String memberId) {
    partitions.forEach(partition -> owners.put(partition, memberId));
  }

  private void release(String memberId) {
    CurrentAssignment before = currents.get(memberId);
    if (before != null) {
      before.assigned().forEach(partition -> owners.remove(partition, memberId));
      before.revoking().forEach(partition -> owners.remove(partition, memberId));
    }
  }

  /** The tombstones of a member. */
  public List<ConsumerGroupRecord> forgetting(String memberId) {
    return List.of(
        new Forgotten(name, Kind.CURRENT, memberId),
        new Forgotten(name, Kind.TARGET, memberId),
        new Forgotten(name, Kind.MEMBER, memberId));
  }

  /** The tombstones of the group, members included. */
  public List<ConsumerGroupRecord> forgetting() {
    List<ConsumerGroupRecord> records = new ArrayList<>();
    members.keySet().forEach(id -> records.addAll(forgetting(id)));
    records.add(new Forgotten(name, Kind.TARGET_EPOCH, null));
    records.add(new Forgotten(name, Kind.GROUP, null));
    return records;
  }

  /** The records by which one member takes the place of another, with what that one has. */
  public List<ConsumerGroupRecord> replacing(ConsumerMember old, String newId) {
    List<ConsumerGroupRecord> records = new ArrayList<>(forgetting(old.id()));
    records.add(new Member(name, newId, old.metadata()));
    records.add(new Target(name, newId, target(old.id())));
    records.add(new Current(name, newId, old.current().back()));
    return records;
  }

  /** The next group epoch. */
  public GroupEpoch bumped(long newMetadataHash) {
    return new GroupEpoch(name, epoch + 1, newMetadataHash, creationMillis);
  }

  // ---- questions ----

  /** Its name. */
  public String name() {
    return name;
  }

  /** Grows with each change of members, subscriptions or topics. */
  public int epoch() {
    return epoch;
  }

  /** The group epoch that the target was computed for. */
  public int assignmentEpoch() {
    return assignmentEpoch;
  }

  /** Of the topics subscribed to, when the epoch was last bumped. */
  public long metadataHash() {
    return metadataHash;
  }

  /** The ids of all members, the oldest first. */
  public Set<String> memberIds() {
    return members.keySet();
  }

  /** The member of that id, or null. */
  public @Nullable ConsumerMember member(String id) {
    MemberMetadata metadata = members.get(id);
    return metadata == null ? null : new ConsumerMember(id, metadata, current(id));
  }

  /** The static member of that instance id, or null. */
  public @Nullable ConsumerMember ofInstance(String instanceId) {
    String id = idsByInstance.get(instanceId);
    return id == null ? null : member(id);
  }

  private CurrentAssignment current(String id) {
    return currents.getOrDefault(id, CurrentAssignment.NONE);
  }

  /** What a member is to have. */
  public Set<TopicIdPartition> target(String memberId) {
    return targets.getOrDefault(memberId, Set.of());
  }

  /** Whether no member has the partition, or is giving it back. */
  public boolean isFree(TopicIdPartition partition) {
    return !owners.containsKey(partition);
  }

  /** Its state, as administrators see it. */
  public GroupState state() {
    if (members.isEmpty()) {
      return GroupState.EMPTY;
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

  /** The assignor that most members prefer; among equals, and without any, the first of these. */
  public Assignor assignor(List<Assignor> allowed) {
    Map<String, Integer> votes = new HashMap<>();
    for (MemberMetadata member : members.values()) {
      if (member.assignor() != null) {
        votes.merge(member.assignor(), 1, Integer::sum);
      }
    }
    Assignor best = allowed.getFirst();
    for (Assignor each : allowed) {
      if (votes.getOrDefault(each.name(), 0) > votes.getOrDefault(best.name(), 0)) {
        best = each;
      }
    }
    return best;
  }

  // ---- subscriptions ----

  /**
   * Checks a regular expression.
   *
   * @throws io.millrace.broker.BrokerException with {@code INVALID_REGULAR_EXPRESSION}
   */
  public static void checkRegex(String regex) {
    TopicPattern.compile(regex);
  }

  private void forgetUnusedPatterns() {
    if (!patterns.isEmpty()) {
      Set<String> used = new HashSet<>();
      for (MemberMetadata member : members.values()) {
        if (member.regex() != null) {
          used.add(member.regex());
        }
      }
      patterns.keySet().retainAll(used);
    }
  }

  /** The names that a member subscribes to, with those that its pattern matches. */
  public Set<String> topics(MemberMetadata member, TopicsImage image) {
    String regex = member.regex();
    if (regex == null) {
      return member.topics();
    }
    Set<String> names =
        new HashSet<>(patterns.computeIfAbsent(regex, TopicPattern::compile).resolve(image));
    names.addAll(member.topics());
    return names;
  }

  /** Whether a member subscribes to the topic. */
  public boolean isSubscribedTo(String topic, TopicsImage image) {
    return members.values().stream().anyMatch(member -> topics(member, image).contains(topic));
  }

  /**
   * A hash of all topics that would be subscribed to, if one member said something else than now.
   *
   * @param changedId the member, or null for the group as it is
   * @param changed what it would say; null if it were not there
   */
  public long hashOfTopics(
      TopicsImage image, @Nullable String changedId, @Nullable MemberMetadata changed) {
    Set<String> names = new HashSet<>();
    members.forEach(
        (id, member) -> {
          if (!id.equals(changedId)) {
            names.addAll(topics(member, image));
          }
        });
    if (changed != null) {
      names.addAll(topics(changed, image));
    }
    return TopicsHash.of(names, image);
  }

  // ---- assignment ----

  /** The records that bring the target to the present group epoch. */
  public List<ConsumerGroupRecord> assign(Assignor assignor, TopicsImage image, long nowMillis) {
    Map<String, Subscriber> subscribers = new HashMap<>();
    Map<UUID, Integer> partitionCounts = new HashMap<>();
    members.forEach(
        (id, member) -> {
          Set<UUID> topics = new HashSet<>();
          for (String each : topics(member, image)) {
            Shape topic = image.shape(each);
            if (topic != null) {
              topics.add(topic.id());
              partitionCounts.put(topic.id(), topic.partitions());
            }
          }
          subscribers.put(id, new Subscriber(member.instanceId(), topics, target(id)));
        });
    List<ConsumerGroupRecord> records = new ArrayList<>();
    assignor
        .assign(subscribers, partitionCounts)
        .forEach(
            (id, partitions) -> {
              if (!partitions.equals(targets.get(id))) {
                records.add(new Target(name, id, partitions));
              }
            });
    records.add(new TargetEpoch(name, epoch, nowMillis));
    return records;
  }
}
