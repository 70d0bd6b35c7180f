package io.millrace.broker.group.streams;

import io.millrace.broker.group.member.CurrentAssignment;
import io.millrace.broker.group.member.HeartbeatRecord;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fact about a streams group. */
public sealed interface StreamsGroupRecord extends HeartbeatRecord {

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

    @Override
    public Kind kind() {
      return Kind.GROUP;
    }
  }

  /** A member's own words (StreamsGroupMemberMetadata). */
  record Member(String group, String memberId, StreamsMemberMetadata metadata)
      implements StreamsGroupRecord {

    @Override
    public Kind kind() {
      return Kind.MEMBER;
    }
  }

  /** What the application consists of (StreamsGroupTopology). */
  record Topology(String group, StreamsTopology topology) implements StreamsGroupRecord {

    @Override
    public Kind kind() {
      return Kind.TOPOLOGY;
    }
  }

  /** The group epoch that all targets stand for (StreamsGroupTargetAssignmentMetadata). */
  record TargetEpoch(String group, int epoch, long assignedMillis) implements StreamsGroupRecord {

    @Override
    public Kind kind() {
      return Kind.TARGET_EPOCH;
    }
  }

  /** What a member is to have (StreamsGroupTargetAssignmentMember). */
  record Target(String group, String memberId, Tasks tasks) implements StreamsGroupRecord {

    @Override
    public Kind kind() {
      return Kind.TARGET;
    }
  }

  /**
   * What a member has (StreamsGroupCurrentMemberAssignment).
   *
   * @param activeSince the epochs in which it got its active tasks, those that it gives back
   *     included
   */
  record Current(
      String group,
      String memberId,
      CurrentAssignment<Tasks> assignment,
      Map<TaskId, Integer> activeSince)
      implements StreamsGroupRecord {

    /** Takes a copy. */
    public Current {
      activeSince = Map.copyOf(activeSince);
    }

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
      implements StreamsGroupRecord {

    @Override
    public boolean isTombstone() {
      return true;
    }
  }
}
