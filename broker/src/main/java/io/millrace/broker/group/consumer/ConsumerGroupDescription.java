package io.millrace.broker.group.consumer;

import io.millrace.broker.group.GroupState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A consumer group or a share group as administrators see it. Immutable. */
public record ConsumerGroupDescription(
    String group,
    GroupState state,
    int epoch,
    int assignmentEpoch,
    String assignor,
    List<MemberDescription> members) {

  /** A member with what it is to have. */
  public record MemberDescription(ConsumerMember member, Set<TopicIdPartition> target) {}

  /**
   * A group.
   *
   * @param state as its protocol has it
   * @param assignor by its name
   */
  public static ConsumerGroupDescription of(
      ConsumerGroup group, GroupState state, String assignor) {
    List<MemberDescription> members = new ArrayList<>();
    for (String id : group.members().ids()) {
      ConsumerMember member = group.member(id);
      if (member != null) {
        members.add(new MemberDescription(member, group.members().target(id)));
      }
    }
    return new ConsumerGroupDescription(
        group.name(),
        state,
        group.members().epoch(),
        group.members().assignmentEpoch(),
        assignor,
        List.copyOf(members));
  }
}
