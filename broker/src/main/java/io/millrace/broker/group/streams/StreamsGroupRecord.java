package io.millrace.broker.group.streams;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fact about a streams group. A later one of the same kind and subject replaces an earlier. */
public sealed interface StreamsGroupRecord {

  /** What a record is about; the codes are the versions of Kafka's keys. */
  enum Kind {
    GROUP(17),
    MEMBER(19),
    TARGET_EPOCH(20),
    TARGET(21),
    CURRENT(22),
    TOPOLOGY(23);

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
   * The group's epoch (StreamsGroupMetadata).
   *
   * @param metadataHash of the topology's topics, by which their change is noticed
   * @param validatedTopologyEpoch of the topology whose topics are all there, or -1
   * @param assignedBy the settings that the assignment rests on
   */
  record GroupEpoch(
      String group,
      int epoch,
      long metadataHash,
      int validatedTopologyEpoch,
      Map<String, String> assignedBy)
      implements StreamsGroupRecord {

    /** Takes a copy. */
    public GroupEpoch {
      assignedBy = Map.copyOf(assignedBy);
    }
  }

  /** A member's own words (StreamsGroupMemberMetadata). */
  record Member(String group, String memberId, StreamsMemberMetadata metadata)
      implements StreamsGroupRecord {}

  /** What the application consists of (StreamsGroupTopology). */
  record Topology(String group, StreamsTopology topology) implements StreamsGroupRecord {}

  /** The group epoch that all targets stand for (StreamsGroupTargetAssignmentMetadata). */
  record TargetEpoch(String group, int epoch, long assignedMillis) implements StreamsGroupRecord {}

  /** What a member is to have (StreamsGroupTargetAssignmentMember). */
  record Target(String group, String memberId, Tasks tasks) implements StreamsGroupRecord {}

  /** What a member has (StreamsGroupCurrentMemberAssignment). */
  record Current(String group, String memberId, TaskAssignment assignment)
      implements StreamsGroupRecord {}

  /**
   * A tombstone.
   *
   * @param memberId null for what is the group's
   */
  record Forgotten(String group, Kind kind, @Nullable String memberId)
      implements StreamsGroupRecord {}
}
