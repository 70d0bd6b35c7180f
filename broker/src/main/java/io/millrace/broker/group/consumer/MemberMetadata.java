package io.millrace.broker.group.consumer;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a member has told about itself. Immutable.
 *
 * @param topics names that it subscribes to, whether there are such topics or not
 * @param regex topics that it subscribes to by a pattern in RE2's syntax, or null
 * @param rebalanceTimeoutMillis how long it may take to give partitions back
 * @param assignor the assignor that it prefers, or null
 */
public record MemberMetadata(
    @Nullable String instanceId,
    @Nullable String rackId,
    String clientId,
    String clientHost,
    Set<String> topics,
    @Nullable String regex,
    int rebalanceTimeoutMillis,
    @Nullable String assignor) {

  /** Takes copies. */
  public MemberMetadata {
    topics = Set.copyOf(topics);
  }
}
