package io.millrace.broker.group.consumer;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A fact about a consumer group. A later one of the same kind and subject replaces an earlier. */
public sealed interface ConsumerGroupRecord {

  /** What a record is about; the codes are the versions of Kafka's keys. */
  enum Kind {
    GROUP(3),
    MEMBER(5),
    TARGET_EPOCH(6),
    TARGET(7),
    CURRENT(8);

    private final short code;

    Kind(int code) {
      this.code = (short) code;
    }

    short code() {
      return code;
    }

    /** Whether there is one for each member, and not for the group. */
    boolean ofMember() {
      return this == MEMBER || this == TARGET || this == CURRENT;
    }

    static @Nullable Kind of(short code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      return null;
    }
  }

  /** The group that it is about. */
  String group();

  /**
   * The group's epoch (ConsumerGroupMetadata).
   *
   * @param metadataHash of the topics subscribed to, by which their change is noticed
   * @param creationMillis when the group came to be
   */
  record GroupEpoch(String group, int epoch, long metadataHash, long creationMillis)
      implements ConsumerGroupRecord {}

  /** A member's own words (ConsumerGroupMemberMetadata). */
  record Member(String group, String memberId, MemberMetadata metadata)
      implements ConsumerGroupRecord {}

  /** The group epoch that all targets stand for (ConsumerGroupTargetAssignmentMetadata). */
  record TargetEpoch(String group, int epoch, long assignedMillis) implements ConsumerGroupRecord {}

  /** What a member is to have (ConsumerGroupTargetAssignmentMember). */
  record Target(String group, String memberId, Set<TopicIdPartition> partitions)
      implements ConsumerGroupRecord {}

  /** What a member has (ConsumerGroupCurrentMemberAssignment). */
  record Current(String group, String memberId, CurrentAssignment assignment)
      implements ConsumerGroupRecord {}

  /**
   * A tombstone.
   *
   * @param memberId null for what is the group's
   */
  record Forgotten(String group, Kind kind, @Nullable String memberId)
      implements ConsumerGroupRecord {}
}
