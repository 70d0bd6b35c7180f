package io.millrace.broker.group;

import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.share.ShareHeartbeat;
import io.millrace.broker.group.streams.StreamsGroupDescription;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.TopologyDescription;
import io.millrace.broker.topic.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The classic and the new group protocol (KIP-848), members of share and streams groups, and
 * committed offsets, as Kafka's clients know them. Any thread may call; every stage completes
 * without blocking, or fails with a {@link io.millrace.broker.BrokerException}. A join completes
 * when the rebalance's join phase ends, a sync when the leader's assignment is there.
 */
public interface GroupCoordinator {

  /** Joins or rejoins. */
  CompletionStage<JoinResult> join(JoinCommand command);

  /** Hands over (leader) or asks for (others) the assignment. */
  CompletionStage<SyncResult> sync(SyncCommand command);

  /** A heartbeat of the new protocol (KIP-848), by which members also join and leave. */
  CompletionStage<ConsumerHeartbeat.Answer> consumerHeartbeat(ConsumerHeartbeat heartbeat);

  /** What a group of the new protocol looks like; fails for another and when there is none. */
  CompletionStage<ConsumerGroupDescription> describeConsumers(String group);

  /** A heartbeat of a share group's member (KIP-932), by which it also joins and leaves. */
  CompletionStage<ConsumerHeartbeat.Answer> shareHeartbeat(ShareHeartbeat heartbeat);

  /** What a share group looks like; fails for another and when there is none. */
  CompletionStage<ConsumerGroupDescription> describeShares(String group);

  /**
   * Passes for a share group without members; fails with {@code GROUP_NOT_FOUND} or {@code
   * NON_EMPTY_GROUP}.
   */
  CompletionStage<Void> checkEmptyShareGroup(String group);

  /** A heartbeat of a streams group's member (KIP-1071), by which it also joins and leaves. */
  CompletionStage<StreamsHeartbeat.Answer> streamsHeartbeat(StreamsHeartbeat heartbeat);

  /**
   * A member of a streams group describes the inner nodes of its topology, for people (KIP-1331).
   * It is kept in memory; after a restart members are asked for it again.
   */
  CompletionStage<Void> describeTopology(
      String group, String memberId, TopologyDescription description);

  /** What a streams group looks like; fails for another and when there is none. */
  CompletionStage<StreamsGroupDescription> describeStreams(String group);

  /** Says that the member lives. */
  CompletionStage<Void> heartbeat(MemberIdentity member);

  /** Leaves; one outcome for each identity, null where it went well. */
  CompletionStage<List<@Nullable LeaveFailure>> leave(String group, List<LeavingMember> members);

  /**
   * Commits offsets; a member identity with generation -1 and an empty id commits for no member.
   */
  CompletionStage<Void> commit(MemberIdentity member, Map<TopicPartition, CommittedOffset> offsets);

  /** As {@link #commit}, within a transaction: the offsets count once that is committed. */
  CompletionStage<Void> commitInTransaction(
      MemberIdentity member, TransactionalCommit by, Map<TopicPartition, CommittedOffset> offsets);

  /** Partitions whose committed offsets of the group an open transaction may change. */
  CompletionStage<Set<TopicPartition>> unstable(String group);

  /** Committed offsets of the given partitions, or of all for null. Missing ones are left out. */
  CompletionStage<Map<TopicPartition, CommittedOffset>> committed(
      String group, @Nullable Collection<TopicPartition> partitions);

  /**
   * The same for a member, which must be one in its present epoch when the group is of the new
   * protocol; an identity with generation -1 and an empty id asks for no member.
   */
  CompletionStage<Map<TopicPartition, CommittedOffset>> committed(
      MemberIdentity member, @Nullable Collection<TopicPartition> partitions);

  /** Removes committed offsets of the partitions; fails for a group subscribed to their topic. */
  CompletionStage<Void> deleteOffsets(String group, Collection<TopicPartition> partitions);

  /** What a group looks like now; empty when there is none. */
  CompletionStage<Optional<GroupDescription>> describe(String group);

  /** All groups. */
  CompletionStage<List<GroupListing>> list();

  /** Deletes an empty group with its offsets. */
  CompletionStage<Void> delete(String group);

  /** Which internal partition holds the group, and so which node coordinates it. */
  int partitionFor(String group);

  /** A protocol that a member offers, with its subscription in the client's own bytes. */
  record OfferedProtocol(String name, byte[] metadata) {}

  /**
   * A wish to join.
   *
   * @param memberId empty at first
   * @param instanceId the static member's name, or null
   * @param requireKnownMemberId true to be given an id first ({@code MEMBER_ID_REQUIRED}; KIP-394)
   */
  record JoinCommand(
      String group,
      String memberId,
      @Nullable String instanceId,
      String clientId,
      String clientHost,
      Duration sessionTimeout,
      Duration rebalanceTimeout,
      String protocolType,
      List<OfferedProtocol> protocols,
      boolean requireKnownMemberId,
      @Nullable String reason) {}

  /**
   * The outcome of a join phase.
   *
   * @param members with their metadata, only for the leader
   * @param skipAssignment the leader need not compute an assignment (static member came back)
   */
  record JoinResult(
      int generation,
      String protocolType,
      String protocol,
      String leader,
      String memberId,
      List<JoinedMember> members,
      boolean skipAssignment) {}

  /** A member in the leader's list. */
  record JoinedMember(String memberId, @Nullable String instanceId, byte[] metadata) {}

  /** Who calls: a member of a generation. */
  record MemberIdentity(
      String group, int generation, String memberId, @Nullable String instanceId) {}

  /**
   * The producer in whose transaction offsets are committed; the transaction coordinator knows that
   * the group's partition is part of it.
   *
   * @param vouched {@link io.millrace.broker.topic.Partition#markersWritten} of that partition
   *     before the coordinator was asked
   */
  record TransactionalCommit(long producerId, short epoch, long vouched) {}

  /** Assignments are empty but for the leader. */
  record SyncCommand(
      MemberIdentity member,
      @Nullable String protocolType,
      @Nullable String protocol,
      Map<String, byte[]> assignments) {}

  /** A member's assignment, in the client's own bytes. */
  record SyncResult(String protocolType, String protocol, byte[] assignment) {}

  /** A member that leaves, by its id or its instance id. */
  record LeavingMember(String memberId, @Nullable String instanceId, @Nullable String reason) {}

  /** A member that could not leave. */
  record LeaveFailure(io.millrace.broker.BrokerError error, String message) {}

  /** A committed position. */
  record CommittedOffset(long offset, int leaderEpoch, String metadata, long commitTimeMillis) {}

  /** The protocol that a group's members speak. */
  enum GroupType {
    CLASSIC,
    CONSUMER,
    SHARE,
    STREAMS
  }

  /** A group in a list. */
  record GroupListing(String group, GroupType type, String protocolType, GroupState state) {}

  /** A group as a whole. */
  record GroupDescription(
      String group,
      GroupType type,
      GroupState state,
      String protocolType,
      String protocol,
      List<MemberDescription> members) {}
}
