package io.millrace.broker.group.member;

import org.jspecify.annotations.Nullable;

/** What a member has told about itself, as far as all protocols know it. */
public interface MemberMetadata {

  /** The instance id of a static member, or null. */
  @Nullable String instanceId();

  /** How long it may take to give back what is to be revoked. */
  int rebalanceTimeoutMillis();
}
