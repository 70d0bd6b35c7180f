package io.millrace.broker.group.consumer;

import io.millrace.broker.group.member.CurrentAssignment;
import java.util.Set;

/** A member of a consumer group or a share group as it is now. Immutable. */
public record ConsumerMember(
    String id, ConsumerMemberMetadata metadata, CurrentAssignment<Set<TopicIdPartition>> current) {}
