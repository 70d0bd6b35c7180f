package io.millrace.broker.group;

import org.jspecify.annotations.Nullable;

/** A member as administrators see it. */
public record MemberDescription(
    String memberId,
    @Nullable String instanceId,
    String clientId,
    String clientHost,
    byte[] metadata,
    byte[] assignment) {}
