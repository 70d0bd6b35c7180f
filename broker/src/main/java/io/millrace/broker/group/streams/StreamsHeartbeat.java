package io.millrace.broker.group.streams;

import io.millrace.broker.group.member.Heartbeat;
import io.millrace.broker.group.streams.StreamsMemberMetadata.Endpoint;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.topic.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member's heartbeat (KIP-1071): how it joins, says what it runs and has, and leaves. What is
 * null, or -1 for the rebalance timeout, has not changed since the last one.
 *
 * @param memberId chosen by the member
 * @param epoch the member's; 0 to join, -1 to leave, -2 for a static member that will be back
 * @param endpointEpoch of the endpoints that the member knows
 * @param topology told by a member that joins, and by no other
 * @param owned the tasks that the member has
 * @param offsets how far its state has come, by task
 * @param ends how far its state has to come, by task
 * @param tellsProgress whether its program reports these two at all
 * @param shutsDown whether the whole application is to end
 */
public record StreamsHeartbeat(
    String group,
    String memberId,
    int epoch,
    int endpointEpoch,
    @Nullable String instanceId,
    @Nullable String rackId,
    String clientId,
    String clientHost,
    int rebalanceTimeoutMillis,
    @Nullable StreamsTopology topology,
    @Nullable Tasks owned,
    @Nullable String processId,
    @Nullable Endpoint endpoint,
    @Nullable Map<String, String> clientTags,
    @Nullable Map<TaskId, Long> offsets,
    @Nullable Map<TaskId, Long> ends,
    boolean tellsProgress,
    boolean shutsDown)
    implements Heartbeat {

  /** What is known of the member from now on, where {@code before} is what was known, or null. */
  public StreamsMemberMetadata over(@Nullable StreamsMemberMetadata before) {
    StreamsMemberMetadata base = before == null ? StreamsMemberMetadata.NONE : before;
    return new StreamsMemberMetadata(
        instanceId == null ? base.instanceId() : instanceId,
        rackId == null ? base.rackId() : rackId,
        clientId,
        clientHost,
        rebalanceTimeoutMillis == UNCHANGED
            ? base.rebalanceTimeoutMillis()
            : rebalanceTimeoutMillis,
        topology == null ? base.topologyEpoch() : topology.epoch(),
        processId == null ? base.processId() : processId,
        endpoint == null ? base.endpoint() : endpoint,
        clientTags == null ? base.clientTags() : clientTags);
  }

  /** The heartbeat with which a member that has joined goes on in its epoch, with nothing new. */
  public StreamsHeartbeat after(Answer joined) {
    return new StreamsHeartbeat(
        group,
        joined.memberId(),
        joined.epoch(),
        endpointEpoch,
        instanceId,
        null,
        clientId,
        clientHost,
        UNCHANGED,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        tellsProgress,
        false);
  }

  /**
   * The answer.
   *
   * @param epoch to be sent with the next heartbeat
   * @param intervalMillis until the next heartbeat
   * @param acceptableLag records that a state may be behind and count as caught up
   * @param taskOffsetIntervalMillis after which progress is to be reported again
   * @param tasks what the member may work on; null when that has not changed
   * @param endpoints where the tasks of all members can be queried; null when the member knows
   * @param missing internal topics that are to be made
   * @param isDescriptionMissing whether the member is to describe its topology's inner nodes
   */
  public record Answer(
      String memberId,
      int epoch,
      int intervalMillis,
      long acceptableLag,
      int taskOffsetIntervalMillis,
      List<StreamsStatus> statuses,
      @Nullable Tasks tasks,
      int endpointEpoch,
      @Nullable List<EndpointPartitions> endpoints,
      List<InternalTopic> missing,
      boolean isDescriptionMissing) {

    /** The same with other statuses. */
    public Answer withStatuses(List<StreamsStatus> others) {
      return new Answer(
          memberId,
          epoch,
          intervalMillis,
          acceptableLag,
          taskOffsetIntervalMillis,
          others,
          tasks,
          endpointEpoch,
          endpoints,
          missing,
          isDescriptionMissing);
    }

    /** The same, where what has not changed since the other is as it was told there. */
    public Answer over(Answer earlier) {
      return new Answer(
          memberId,
          epoch,
          intervalMillis,
          acceptableLag,
          taskOffsetIntervalMillis,
          statuses,
          tasks == null ? earlier.tasks : tasks,
          endpointEpoch,
          endpoints == null ? earlier.endpoints : endpoints,
          missing,
          isDescriptionMissing);
    }
  }

  /** The partitions whose records a member's state is made of, and where it can be queried. */
  public record EndpointPartitions(
      Endpoint endpoint, Set<TopicPartition> active, Set<TopicPartition> standby) {}
}
