package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.GroupCoordinator.TransactionalCommit;
import io.millrace.broker.group.GroupRecord.GroupForgotten;
import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.broker.group.GroupRecord.OffsetForgotten;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicsImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Committed offsets: storing, finding, deleting, expiring them. Confined to the shard's mailbox.
 */
final class GroupOffsets {

  private static final Logger LOG = LoggerFactory.getLogger(GroupOffsets.class);

  private final GroupTable groups;
  private final GroupJournal journal;
  private final Deadlines deadlines;
  private final GroupSettings settings;
  private final Supplier<TopicsImage> topics;
  private final CommitCheck checks;

  GroupOffsets(
      GroupTable groups,
      GroupJournal journal,
      Deadlines deadlines,
      GroupSettings settings,
      Supplier<TopicsImage> topics) {
    this.topics = topics;
    this.groups = groups;
    this.journal = journal;
    this.deadlines = deadlines;
    this.settings = settings;
    checks = new CommitCheck(groups, deadlines);
  }

  // ---- commit ----

  void commit(MemberIdentity identity, Map<TopicPartition, CommittedOffset> offsets) {
    refuseShareGroup(identity.group());
    checks.commit(identity, offsets.keySet());
    journal.write(records(identity, offsets));
  }

  /** As {@link #commit}, within a transaction: the offsets count once that is committed. */
  void commit(
      MemberIdentity identity,
      TransactionalCommit by,
      Map<TopicPartition, CommittedOffset> offsets) {
    refuseShareGroup(identity.group());
    checks.transactionalCommit(identity, offsets.keySet());
    List<OffsetCommitted> records = records(identity, offsets);
    if (!records.isEmpty()) {
      journal.writeTransactional(records, by, groups.pending());
    }
  }

  /** What a share group has read is not one offset for each partition. */
  private void refuseShareGroup(String name) {
    Group group = groups.find(name);
    if (group != null && group.shares != null) {
      throw new BrokerException(
          BrokerError.GROUP_NOT_FOUND,
          "group " + name + " is a share group, which commits no offsets");
    }
  }

  private List<OffsetCommitted> records(
      MemberIdentity identity, Map<TopicPartition, CommittedOffset> offsets) {
    List<OffsetCommitted> records = new ArrayList<>(offsets.size());
    offsets.forEach(
        (partition, offset) -> {
          int bytes = offset.metadata().getBytes(StandardCharsets.UTF_8).length;
          if (bytes > settings.offsets().maxMetadataBytes()) {
            throw new BrokerException(
                BrokerError.OFFSET_METADATA_TOO_LARGE,
                "the metadata of an offset of "
                    + partition
                    + " has "
                    + bytes
                    + " bytes; allowed: "
                    + settings.offsets().maxMetadataBytes()
                    + " (groups.offset.metadata.max.bytes)");
          }
          records.add(new OffsetCommitted(identity.group(), partition, offset));
        });
    if (groups.find(identity.group()) == null) {
      // Only to be refused when there are too many already; the records make it.
      groups.dropIfBlank(groups.findOrCreate(identity.group()));
    }
    return records;
  }

  // ---- find ----

  /** For a member, which has to be one now where the group is of the new protocol. */
  Map<TopicPartition, CommittedOffset> committed(
      MemberIdentity identity, @Nullable Collection<TopicPartition> partitions) {
    checks.read(identity);
    return committed(identity.group(), partitions);
  }

  Map<TopicPartition, CommittedOffset> committed(
      String name, @Nullable Collection<TopicPartition> partitions) {
    Group group = groups.find(name);
    if (group == null) {
      return Map.of();
    }
    if (partitions == null) {
      return Map.copyOf(group.offsets);
    }
    Map<TopicPartition, CommittedOffset> found = new HashMap<>();
    for (TopicPartition partition : partitions) {
      CommittedOffset offset = group.offsets.get(partition);
      if (offset != null) {
        found.put(partition, offset);
      }
    }
    return Map.copyOf(found);
  }

  // ---- delete ----

  void delete(String name, Collection<TopicPartition> partitions) {
    refuseShareGroup(name);
    Group group = existing(name);
    List<OffsetForgotten> records = new ArrayList<>();
    if (!group.members().isEmpty()
        && !group.protocolType.equals(ConsumerSubscription.PROTOCOL_TYPE)) {
      throw new BrokerException(
          BrokerError.NON_EMPTY_GROUP,
          "group " + name + " has members, and it cannot be known which topics they use");
    }
    for (TopicPartition partition : partitions) {
      if (isSubscribed(group, partition.topic())) {
        throw new BrokerException(
            BrokerError.GROUP_SUBSCRIBED_TO_TOPIC,
            "group " + name + " is subscribed to " + partition.topic());
      }
      if (group.offsets.containsKey(partition)) {
        records.add(new OffsetForgotten(name, partition));
      }
    }
    journal.write(records);
  }

  void deleteGroup(String name) {
    GroupMembership.checkGroupId(name);
    Group group = existing(name);
    if (group.presentState() != GroupState.EMPTY) {
      throw new BrokerException(
          BrokerError.NON_EMPTY_GROUP, "group " + name + " has members or is about to");
    }
    journal.write(forgetting(group, group.offsets.keySet()));
  }

  private boolean isSubscribed(Group group, String topic) {
    if (group.streams != null) {
      return group.streams.isSubscribedTo(topic);
    }
    return group.consumers == null
        ? group.isSubscribedTo(topic)
        : group.consumers.isSubscribedTo(topic, topics.get());
  }

  private Group existing(String name) {
    Group group = groups.find(name);
    if (group == null) {
      throw new BrokerException(BrokerError.GROUP_NOT_FOUND, "there is no group " + name);
    }
    return group;
  }

  /** Tombstones for offsets, and for the group when none is left and it has no members. */
  private static List<GroupRecord> forgetting(Group group, Collection<TopicPartition> partitions) {
    List<GroupRecord> records = new ArrayList<>();
    partitions.forEach(partition -> records.add(new OffsetForgotten(group.name, partition)));
    if (partitions.size() == group.offsets.size()
        && group.presentState() == GroupState.EMPTY
        && group.promised.isEmpty()) {
      List<GroupRecord> gone = HeartbeatProtocol.forgetting(group);
      records.addAll(gone.isEmpty() ? List.of(new GroupForgotten(group.name)) : gone);
    }
    return records;
  }

  /** A topic has gone, and what was committed for it with it. */
  void topicDeleted(String topic) {
    List<OffsetForgotten> records = new ArrayList<>();
    for (Group group : groups.all()) {
      for (TopicPartition partition : group.offsets.keySet()) {
        if (partition.topic().equals(topic)) {
          records.add(new OffsetForgotten(group.name, partition));
        }
      }
    }
    write(records);
  }

  // ---- expire ----

  /** Forgets offsets that nobody has used for the time that they are kept. */
  void expire() {
    long now = deadlines.nowMillis();
    long retention = settings.offsets().retention().toMillis();
    List<GroupRecord> records = new ArrayList<>();
    for (Group group : groups.all()) {
      if (group.shares != null) {
        continue; // It has no offsets of this kind, and stays until it is deleted.
      }
      List<TopicPartition> expired = new ArrayList<>();
      group.offsets.forEach(
          (partition, offset) -> {
            long idleSince = idleSince(group, partition, offset);
            if (idleSince >= 0 && now - idleSince >= retention) {
              expired.add(partition);
            }
          });
      boolean goes =
          group.presentState() == GroupState.EMPTY
              && expired.size() == group.offsets.size()
              && now - group.stateMillis >= retention;
      if (!expired.isEmpty() || goes) {
        records.addAll(forgetting(group, expired));
      }
    }
    write(records);
  }

  /** Since when an offset is without use, or -1 while it is in use. */
  private long idleSince(Group group, TopicPartition partition, CommittedOffset offset) {
    if (group.consumers != null || group.streams != null) {
      return isSubscribed(group, partition.topic()) ? -1 : offset.commitTimeMillis();
    }
    if (group.state == GroupState.EMPTY) {
      return Math.max(group.stateMillis, offset.commitTimeMillis());
    }
    boolean unused =
        group.state == GroupState.STABLE
            && group.protocolType.equals(ConsumerSubscription.PROTOCOL_TYPE)
            && !group.isSubscribedTo(partition.topic());
    return unused ? offset.commitTimeMillis() : -1;
  }

  private void write(List<? extends GroupRecord> records) {
    try {
      journal.write(records);
    } catch (BrokerException e) {
      LOG.warn("{} offsets or groups could not be forgotten: {}", records.size(), e.getMessage());
    }
  }
}
