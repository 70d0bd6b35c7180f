package io.millrace.broker.group;

import io.millrace.broker.group.GroupCoordinator.JoinResult;
import io.millrace.broker.group.GroupCoordinator.OfferedProtocol;
import io.millrace.broker.group.GroupCoordinator.SyncResult;
import io.millrace.core.Timer.Timeout;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A member of a group. Confined to the mailbox of the group's shard. */
final class Member {

  static final byte[] NOTHING = new byte[0];

  final String id;
  final @Nullable String instanceId;
  final String clientId;
  final String clientHost;
  Duration sessionTimeout;
  Duration rebalanceTimeout;

  /** Changed by its group, which counts. */
  List<OfferedProtocol> protocols;

  byte[] assignment = NOTHING;

  /** Until its first generation: it cannot send heartbeats while its first join is pending. */
  boolean isNew = true;

  /** Waits for the join phase to end, or null; changed by its group, which counts. */
  @Nullable CompletableFuture<JoinResult> joining;

  /** Waits for its assignment, or null. */
  @Nullable CompletableFuture<SyncResult> syncing;

  /** When it counts as dead, unless it is heard of before. */
  long deadlineNanos;

  /** When {@link #timer} runs, which may be before the deadline. */
  long timerNanos;

  @Nullable Timeout timer;

  Member(
      String id,
      @Nullable String instanceId,
      String clientId,
      String clientHost,
      Duration sessionTimeout,
      Duration rebalanceTimeout,
      List<OfferedProtocol> protocols) {
    this.id = id;
    this.instanceId = instanceId;
    this.clientId = clientId;
    this.clientHost = clientHost;
    this.sessionTimeout = sessionTimeout;
    this.rebalanceTimeout = rebalanceTimeout;
    this.protocols = protocols;
  }

  boolean isStatic() {
    return instanceId != null;
  }

  /** Whether it waits for an answer, and so is alive without heartbeats. */
  boolean isWaiting() {
    return joining != null || syncing != null;
  }

  /** Its subscription for a protocol, empty when it does not offer it. */
  byte[] metadata(@Nullable String protocol) {
    for (OfferedProtocol offered : protocols) {
      if (offered.name().equals(protocol)) {
        return offered.metadata();
      }
    }
    return NOTHING;
  }

  /** Whether it offers exactly these, so that a rejoin changes nothing. */
  boolean matches(List<OfferedProtocol> others) {
    if (others.size() != protocols.size()) {
      return false;
    }
    for (int i = 0; i < others.size(); i++) {
      if (!others.get(i).name().equals(protocols.get(i).name())
          || !Arrays.equals(others.get(i).metadata(), protocols.get(i).metadata())) {
        return false;
      }
    }
    return true;
  }
}
