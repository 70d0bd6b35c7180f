package io.millrace.broker.group.consumer;

import io.millrace.broker.group.GroupState;
import java.util.List;
import java.util.Set;

/** A consumer group as administrators see it. Immutable. */
public record ConsumerGroupDescription(
    String group,
    GroupState state,
    int epoch,
    int assignmentEpoch,
    String assignor,
    List<MemberDescription> members) {

  /** A member with what it is to have. */
  public record MemberDescription(ConsumerMember member, Set<TopicIdPartition> target) {}
}
