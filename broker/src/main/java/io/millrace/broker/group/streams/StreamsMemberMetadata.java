package io.millrace.broker.group.streams;

import io.millrace.broker.group.member.MemberMetadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a member has told about itself: one thread of an instance of the application. Immutable.
 *
 * @param rebalanceTimeoutMillis how long it may take to give tasks back
 * @param topologyEpoch of the topology that it runs
 * @param processId of the instance, whose threads share their state on disk
 * @param endpoint where the instance answers queries, or null
 * @param clientTags by which standby tasks are spread
 */
public record StreamsMemberMetadata(
    @Nullable String instanceId,
    @Nullable String rackId,
    String clientId,
    String clientHost,
    int rebalanceTimeoutMillis,
    int topologyEpoch,
    String processId,
    @Nullable Endpoint endpoint,
    Map<String, String> clientTags)
    implements MemberMetadata {

  /** Of a member that has said nothing. */
  static final StreamsMemberMetadata NONE =
      new StreamsMemberMetadata(null, null, "", "", 0, 0, "", null, Map.of());

  /** Takes a copy. */
  public StreamsMemberMetadata {
    clientTags = Map.copyOf(clientTags);
  }

  /** An address that the application gave (its {@code application.server}). */
  public record Endpoint(String host, int port) {}

  /** Whether tasks may have to be shared out anew because of the difference. */
  public boolean assignsAs(StreamsMemberMetadata other) {
    return topologyEpoch == other.topologyEpoch
        && processId.equals(other.processId)
        && clientTags.equals(other.clientTags);
  }
}
