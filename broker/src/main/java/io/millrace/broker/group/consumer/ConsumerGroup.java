package io.millrace.broker.group.consumer;

import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.consumer.Assignor.Subscriber;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Current;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Forgotten;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.GroupEpoch;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Member;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.Target;
import io.millrace.broker.group.consumer.ConsumerGroupRecord.TargetEpoch;
import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.HeartbeatGroup;
import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import io.millrace.broker.group.member.Members;
import io.millrace.broker.topic.TopicsImage;
import io.millrace.broker.topic.TopicsImage.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group whose members subscribe to topics and share their partitions out, a consumer group or a
 * share group: what its records add up to, and questions about it. {@link #apply} is the only way
 * in which it changes, live and at recovery. Confined to the mailbox of its shard.
 */
public final class ConsumerGroup implements HeartbeatGroup<ConsumerGroupRecord> {

  private final String name;
  private final Members<ConsumerMemberMetadata, Set<TopicIdPartition>, ConsumerGroupRecord> members;
  private final Map<TopicIdPartition, String> owners = new HashMap<>();
  private final Map<String, TopicPattern> patterns = new HashMap<>();
  private long metadataHash;
  private long creationMillis = -1;

  /** A group of which nothing is known yet. */
  public ConsumerGroup(String name) {
    this.name = name;
    members = new Members<>(Set.of(), new Records(name));
  }

  /** Its records. */
  private record Records(String group)
      implements Members.Records<
          ConsumerMemberMetadata, Set<TopicIdPartition>, ConsumerGroupRecord> {

    @Override
    public ConsumerGroupRecord member(String memberId, ConsumerMemberMetadata metadata) {
      return new Member(group, memberId, metadata);
    }

    @Override
    public ConsumerGroupRecord target(String memberId, Set<TopicIdPartition> work) {
      return new Target(group, memberId, work);
    }

    @Override
    public ConsumerGroupRecord current(
        String memberId, CurrentAssignment<Set<TopicIdPartition>> assignment) {
      return new Current(group, memberId, assignment);
    }

    @Override
    public ConsumerGroupRecord tombstone(Kind kind, @Nullable String memberId) {
      return new Forgotten(group, kind, memberId);
    }
  }

  // ---- records ----

  @Override
  public void apply(ConsumerGroupRecord record) {
    switch (record) {
      case GroupEpoch group -> {
        members.epoch(group.epoch());
        metadataHash = group.metadataHash();
        creationMillis = group.creationMillis();
      }
      case Member member -> {
        members.put(member.memberId(), member.metadata());
        forgetUnusedPatterns();
      }
      case TargetEpoch target -> members.assigned(target.epoch(), target.assignedMillis());
      case Target target -> members.putTarget(target.memberId(), target.partitions());
      case Current current -> {
        release(current.memberId());
        members.putCurrent(current.memberId(), current.assignment());
        own(current.assignment().assigned(), current.memberId());
        own(current.assignment().revoking(), current.memberId());
      }
      case Forgotten gone -> {
        String memberId = gone.memberId() == null ? "" : gone.memberId();
        if (gone.kind() == Kind.CURRENT) {
          release(memberId);
        }
        members.forget(gone.kind(), memberId);
        forgetUnusedPatterns();
      }
    }
  }

  private void own(Collection<TopicIdPartition> partitions, String memberId) {
    partitions.forEach(partition -> owners.put(partition, memberId));
  }

  private void release(String memberId) {
    CurrentAssignment<Set<TopicIdPartition>> before = members.current(memberId);
    before.assigned().forEach(partition -> owners.remove(partition, memberId));
    before.revoking().forEach(partition -> owners.remove(partition, memberId));
  }

  @Override
  public List<ConsumerGroupRecord> forgetting() {
    return members.forgettingAll();
  }

  /**
   * The records of what a member says about itself, with the group epoch that follows from that or
   * from other topics than those that were seen last.
   */
  public List<ConsumerGroupRecord> telling(
      String memberId, ConsumerMemberMetadata after, TopicsImage image) {
    ConsumerMemberMetadata before = members.metadata(memberId);
    if (after.equals(before) && members.hasSeen(image)) {
      return List.of();
    }
    List<ConsumerGroupRecord> records = new ArrayList<>();
    if (!after.equals(before)) {
      records.add(new Member(name, memberId, after));
    }
    long hash = hashOfTopics(image, memberId, after);
    if (!after.assignsAs(before) || hash != metadataHash) {
      records.add(bumped(hash));
    }
    return records;
  }

  /** The records by which a member goes, with the group epoch that follows. */
  public List<ConsumerGroupRecord> removing(String memberId, TopicsImage image) {
    List<ConsumerGroupRecord> records = new ArrayList<>(members.forgetting(memberId));
    records.add(bumped(hashOfTopics(image, memberId, null)));
    return records;
  }

  private GroupEpoch bumped(long newMetadataHash) {
    return new GroupEpoch(name, members.epoch() + 1, newMetadataHash, creationMillis);
  }

  // ---- questions ----

  @Override
  public String name() {
    return name;
  }

  @Override
  public Members<ConsumerMemberMetadata, Set<TopicIdPartition>, ConsumerGroupRecord> members() {
    return members;
  }

  @Override
  public GroupState state() {
    return members.state();
  }

  /** The member of that id, or null. */
  public @Nullable ConsumerMember member(String id) {
    ConsumerMemberMetadata metadata = members.metadata(id);
    return metadata == null ? null : new ConsumerMember(id, metadata, members.current(id));
  }

  /** Whether no member has the partition, or is giving it back. */
  public boolean isFree(TopicIdPartition partition) {
    return !owners.containsKey(partition);
  }

  /** The assignor that most members prefer; among equals, and without any, the first of these. */
  public Assignor assignor(List<Assignor> allowed) {
    Map<String, Integer> votes = new HashMap<>();
    for (ConsumerMemberMetadata member : members.all().values()) {
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
      for (ConsumerMemberMetadata member : members.all().values()) {
        if (member.regex() != null) {
          used.add(member.regex());
        }
      }
      patterns.keySet().retainAll(used);
    }
  }

  /** The names that a member subscribes to, with those that its pattern matches. */
  public Set<String> topics(ConsumerMemberMetadata member, TopicsImage image) {
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
    return members.all().values().stream()
        .anyMatch(member -> topics(member, image).contains(topic));
  }

  /**
   * A hash of all topics that would be subscribed to, if one member said something else than now.
   *
   * @param changedId the member
   * @param changed what it would say; null if it were not there
   */
  private long hashOfTopics(
      TopicsImage image, String changedId, @Nullable ConsumerMemberMetadata changed) {
    Set<String> names = new HashSet<>();
    members
        .all()
        .forEach(
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
    members
        .all()
        .forEach(
            (id, member) -> {
              Set<UUID> topics = new HashSet<>();
              for (String each : topics(member, image)) {
                Shape topic = image.shape(each);
                if (topic != null) {
                  topics.add(topic.id());
                  partitionCounts.put(topic.id(), topic.partitions());
                }
              }
              subscribers.put(id, new Subscriber(member.instanceId(), topics, members.target(id)));
            });
    List<ConsumerGroupRecord> records = new ArrayList<>();
    assignor
        .assign(subscribers, partitionCounts)
        .forEach(
            (id, partitions) -> {
              if (!members.hasTarget(id, partitions)) {
                records.add(new Target(name, id, partitions));
              }
            });
    records.add(new TargetEpoch(name, members.epoch(), nowMillis));
    return records;
  }
}
