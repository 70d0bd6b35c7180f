package io.millrace.broker.group.share;

import io.millrace.broker.group.consumer.ConsumerMemberMetadata;
import io.millrace.broker.group.member.Heartbeat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A heartbeat of a share group's member: how it joins, says what it wants, and leaves. What is null
 * has not changed since the last one.
 *
 * @param memberId chosen by the member
 * @param epoch the member's; 0 to join, -1 to leave
 */
public record ShareHeartbeat(
    String group,
    String memberId,
    int epoch,
    @Nullable String rackId,
    String clientId,
    String clientHost,
    @Nullable Set<String> topics)
    implements Heartbeat {

  /** A member of a share group is never static. */
  @Override
  public @Nullable String instanceId() {
    return null;
  }

  /** What is known of the member from now on, where {@code before} is what was known, or null. */
  public ConsumerMemberMetadata over(@Nullable ConsumerMemberMetadata before) {
    return new ConsumerMemberMetadata(
        null,
        rackId == null && before != null ? before.rackId() : rackId,
        clientId,
        clientHost,
        topics == null ? (before == null ? Set.of() : before.topics()) : topics,
        null,
        UNCHANGED,
        null);
  }
}
