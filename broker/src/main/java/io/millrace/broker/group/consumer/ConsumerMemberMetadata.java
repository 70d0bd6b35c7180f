package io.millrace.broker.group.consumer;

import io.millrace.broker.group.member.MemberMetadata;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a member of a consumer group or a share group has told about itself. Immutable.
 *
 * @param topics names that it subscribes to, whether there are such topics or not
 * @param regex topics that it subscribes to by a pattern in RE2's syntax, or null
 * @param rebalanceTimeoutMillis how long it may take to give partitions back
 * @param assignor the assignor that it prefers, or null
 */
public record ConsumerMemberMetadata(
    @Nullable String instanceId,
    @Nullable String rackId,
    String clientId,
    String clientHost,
    Set<String> topics,
    @Nullable String regex,
    int rebalanceTimeoutMillis,
    @Nullable String assignor)
    implements MemberMetadata {

  /** Takes copies. */
  public ConsumerMemberMetadata {
    topics = Set.copyOf(topics);
  }

  /** Whether the target stays what it is when the topics do. */
  boolean assignsAs(@Nullable ConsumerMemberMetadata other) {
    return other != null
        && topics.equals(other.topics)
        && Objects.equals(regex, other.regex)
        && Objects.equals(assignor, other.assignor);
  }
}
