package io.millrace.broker.group.streams;

import io.millrace.broker.group.member.CurrentAssignment;

/** A member of a streams group as it is now. Immutable. */
public record StreamsMember(
    String id, StreamsMemberMetadata metadata, CurrentAssignment<Tasks> current) {}
