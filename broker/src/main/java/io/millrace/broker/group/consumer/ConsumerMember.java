package io.millrace.broker.group.consumer;

/** A member of a consumer group as it is now. Immutable. */
public record ConsumerMember(String id, MemberMetadata metadata, CurrentAssignment current) {}
