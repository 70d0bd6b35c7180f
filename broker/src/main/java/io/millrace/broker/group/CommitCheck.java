package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.consumer.ConsumerMember;
import io.millrace.broker.group.streams.StreamsGroup;
import io.millrace.broker.group.streams.StreamsMember;
import io.millrace.broker.topic.TopicPartition;
import java.util.Collection;
import java.util.List;

/**
 * Who may commit and read a group's offsets: its members in their present epoch or generation, and
 * others while it has none. Confined to the shard's mailbox.
 */
final class CommitCheck {

  private final GroupTable groups;
  private final Deadlines deadlines;

  CommitCheck(GroupTable groups, Deadlines deadlines) {
    this.groups = groups;
    this.deadlines = deadlines;
  }

  /** A member that reads offsets has to be one now, where the group is of heartbeats. */
  void read(MemberIdentity identity) {
    Group group = groups.find(identity.group());
    boolean member = identity.generation() >= 0 || !identity.memberId().isEmpty();
    if (!member || group == null) {
      return;
    }
    if (group.consumers != null) {
      checkConsumer(group.consumers, identity);
    }
    if (group.streams != null) {
      checkStreams(group.streams, identity, List.of());
    }
  }

  private static boolean names(MemberIdentity identity) {
    return identity.generation() >= 0
        || !identity.memberId().isEmpty()
        || identity.instanceId() != null;
  }

  /**
   * A producer need not say for which member it commits (KIP-447); if it does, a wrong epoch is to
   * it what a wrong generation is, since TxnOffsetCommit has no error of its own for it.
   */
  void transactionalCommit(MemberIdentity identity, Collection<TopicPartition> partitions) {
    if (!names(identity)) {
      return;
    }
    try {
      commit(identity, partitions);
    } catch (BrokerException e) {
      throw e.error() == BrokerError.STALE_MEMBER_EPOCH
          ? new BrokerException(BrokerError.ILLEGAL_GENERATION, String.valueOf(e.getMessage()))
          : e;
    }
  }

  /** Passes for who may commit now. */
  void commit(MemberIdentity identity, Collection<TopicPartition> partitions) {
    Group group = groups.find(identity.group());
    boolean member = names(identity);
    if (group == null) {
      if (member) {
        throw new BrokerException(
            BrokerError.ILLEGAL_GENERATION,
            "there is no group " + identity.group() + " that could have a generation");
      }
      return;
    }
    if (identity.generation() < 0 && group.presentState() == GroupState.EMPTY) {
      return;
    }
    if (group.consumers != null) {
      checkConsumer(group.consumers, identity);
      return;
    }
    if (group.streams != null) {
      checkStreams(group.streams, identity, partitions);
      return;
    }
    if (!member) {
      throw new BrokerException(
          BrokerError.UNKNOWN_MEMBER,
          "group " + group.name + " has members, and only they may commit its offsets");
    }
    Member committer = GroupMembership.find(group, identity);
    GroupMembership.checkGeneration(group, identity);
    if (group.state == GroupState.COMPLETING_REBALANCE) {
      throw GroupMembership.rebalancing(group);
    }
    deadlines.heardOf(group, committer);
  }

  /** A member of a group of the new protocol acts in its present epoch only. */
  private static void checkConsumer(ConsumerGroup group, MemberIdentity identity) {
    ConsumerMember member = group.member(identity.memberId());
    if (member == null) {
      throw GroupMembership.unknown(group.name(), identity.memberId());
    }
    int current = member.current().epoch();
    if (identity.generation() != current) {
      throw Caller.stale(group.name(), member.id(), current, identity.generation());
    }
  }

  /** A member of a streams group may be behind where it has had its task all the while. */
  private static void checkStreams(
      StreamsGroup group, MemberIdentity identity, Collection<TopicPartition> partitions) {
    StreamsMember member = group.member(identity.memberId());
    if (member == null) {
      throw GroupMembership.unknown(group.name(), identity.memberId());
    }
    int current = member.current().epoch();
    int given = identity.generation();
    boolean allowed =
        given == current
            || (given < current
                && !partitions.isEmpty()
                && partitions.stream()
                    .allMatch(
                        each -> group.mayCommit(member, each.topic(), each.partition(), given)));
    if (!allowed) {
      throw Caller.stale(group.name(), member.id(), current, given);
    }
  }
}
