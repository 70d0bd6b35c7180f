package io.millrace.broker.group.consumer;

import io.millrace.broker.group.member.Heartbeat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member's heartbeat (KIP-848): how it joins, says what it wants and has, and leaves. What is
 * null, or -1 for the rebalance timeout, has not changed since the last one.
 *
 * @param memberId chosen by the member; may be empty when it joins, to be given one
 * @param epoch the member's; 0 to join, -1 to leave, -2 for a static member that will be back
 * @param regex topics in RE2's syntax, empty for none any more
 * @param owned the partitions that the member has
 */
public record ConsumerHeartbeat(
    String group,
    String memberId,
    int epoch,
    @Nullable String instanceId,
    @Nullable String rackId,
    String clientId,
    String clientHost,
    int rebalanceTimeoutMillis,
    @Nullable Set<String> topics,
    @Nullable String regex,
    @Nullable String assignor,
    @Nullable Set<TopicIdPartition> owned)
    implements Heartbeat {

  /** Whether it says everything, so that the answer does so too. */
  public boolean isFull() {
    return rebalanceTimeoutMillis != UNCHANGED
        && (topics != null || regex != null)
        && owned != null;
  }

  /** What is known of the member from now on, where {@code before} is what was known, or null. */
  public ConsumerMemberMetadata over(@Nullable ConsumerMemberMetadata before) {
    String pattern = regex == null ? (before == null ? null : before.regex()) : regex;
    return new ConsumerMemberMetadata(
        instanceId == null && before != null ? before.instanceId() : instanceId,
        rackId == null && before != null ? before.rackId() : rackId,
        clientId,
        clientHost,
        topics == null ? (before == null ? Set.of() : before.topics()) : topics,
        pattern == null || pattern.isEmpty() ? null : pattern,
        rebalanceTimeoutMillis == UNCHANGED && before != null
            ? before.rebalanceTimeoutMillis()
            : rebalanceTimeoutMillis,
        assignor == null && before != null ? before.assignor() : assignor);
  }

  /**
   * The answer.
   *
   * @param epoch to be sent with the next heartbeat
   * @param intervalMillis until the next heartbeat
   * @param assignment what the member may work on; null when that has not changed
   */
  public record Answer(
      String memberId, int epoch, int intervalMillis, @Nullable Set<TopicIdPartition> assignment) {}
}
