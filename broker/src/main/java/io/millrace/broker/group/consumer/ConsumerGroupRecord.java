package io.millrace.broker.group.consumer;

import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.HeartbeatRecord;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A fact about a consumer group, or about a share group's members. */
public sealed interface ConsumerGroupRecord extends HeartbeatRecord {

  /**
   * The group's epoch (ConsumerGroupMetadata).
   *
   * @param metadataHash of the topics subscribed to, by which their change is noticed
   * @param creationMillis when the group came to be
   */
  record GroupEpoch(String group, int epoch, long metadataHash, long creationMillis)
      implements ConsumerGroupRecord {

    @Override
    public Kind kind() {
      return Kind.GROUP;
    }
  }

  /** A member's own words (ConsumerGroupMemberMetadata). */
  record Member(String group, String memberId, ConsumerMemberMetadata metadata)
      implements ConsumerGroupRecord {

    @Override
    public Kind kind() {
      return Kind.MEMBER;
    }
  }

  /** The group epoch that all targets stand for (ConsumerGroupTargetAssignmentMetadata). */
  record TargetEpoch(String group, int epoch, long assignedMillis) implements ConsumerGroupRecord {

    @Override
    public Kind kind() {
      return Kind.TARGET_EPOCH;
    }
  }

  /** What a member is to have (ConsumerGroupTargetAssignmentMember). */
  record Target(String group, String memberId, Set<TopicIdPartition> partitions)
      implements ConsumerGroupRecord {

    /** Takes a copy. */
    public Target {
      partitions = Set.copyOf(partitions);
    }

    @Override
    public Kind kind() {
      return Kind.TARGET;
    }
  }

  /** What a member has (ConsumerGroupCurrentMemberAssignment). */
  record Current(String group, String memberId, CurrentAssignment<Set<TopicIdPartition>> assignment)
      implements ConsumerGroupRecord {

    @Override
    public Kind kind() {
      return Kind.CURRENT;
    }
  }

  /**
   * A tombstone.
   *
   * @param memberId null for what is the group's
   */
  record Forgotten(String group, Kind kind, @Nullable String memberId)
      implements ConsumerGroupRecord {

    @Override
    public boolean isTombstone() {
      return true;
    }
  }
}
