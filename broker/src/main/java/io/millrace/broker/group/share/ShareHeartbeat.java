package io.millrace.broker.group.share;

import io.millrace.broker.group.consumer.MemberMetadata;
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
    @Nullable Set<String> topics) {

  /** A member joins, or begins anew. */
  public static final int JOIN = 0;

  /** A member leaves. */
  public static final int LEAVE = -1;

  private static final int NO_REBALANCE_TIMEOUT = -1;

  /** What is known of the member from now on, where {@code before} is what was known, or null. */
  public MemberMetadata over(@Nullable MemberMetadata before) {
    return new MemberMetadata(
        null,
        rackId == null && before != null ? before.rackId() : rackId,
        clientId,
        clientHost,
        topics == null ? (before == null ? Set.of() : before.topics()) : topics,
        null,
        NO_REBALANCE_TIMEOUT,
        null);
  }
}
