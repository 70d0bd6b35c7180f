package io.millrace.broker.group.streams;

/** A member of a streams group as it is now. Immutable. */
public record StreamsMember(String id, StreamsMemberMetadata metadata, TaskAssignment current) {}
