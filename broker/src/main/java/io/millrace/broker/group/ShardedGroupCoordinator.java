package io.millrace.broker.group;

import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.share.ShareHeartbeat;
import io.millrace.broker.group.share.SharePartitions;
import io.millrace.broker.group.streams.StreamsGroupDescription;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.TopologyDescription;
import io.millrace.broker.journal.JournalReader;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.PartitionJournal;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicsImage;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All groups of the node, spread over the partitions of {@code __consumer_offsets} by the hash of
 * their names, as Kafka spreads them. Each partition is a {@link GroupShard} with its own mailbox,
 * so groups of different shards never wait for each other.
 */
public final class ShardedGroupCoordinator implements GroupCoordinator, AutoCloseable {

  /** The internal topic's name. */
  public static final String TOPIC = "__consumer_offsets";

  private final List<GroupShard> shards = new ArrayList<>();
  private final SharePartitions shares;

  /**
   * Reads back what the topic holds, and takes calls at once.
   *
   * @param consumerConfigs what holds for a group of the new protocol
   * @param shareConfigs what holds for a share group
   * @param streamsConfigs what holds for a streams group
   * @param shares forgets what a share group has read when the group is deleted
   * @param topics all topics of the node as they are, for those who subscribe
   */
  public ShardedGroupCoordinator(
      Topic topic,
      GroupSettings settings,
      Function<String, ConsumerGroupConfig> consumerConfigs,
      Function<String, ShareGroupConfig> shareConfigs,
      Function<String, StreamsGroupConfig> streamsConfigs,
      SharePartitions shares,
      Supplier<TopicsImage> topics,
      Clock clock,
      Timer timer) {
    this.shares = shares;
    GroupSettings actual = settings.withOffsetsPartitions(topic.partitions().size());
    for (Partition partition : topic.partitions()) {
      PartitionJournal journal = ((LogPartition) partition).journal();
      GroupShard shard =
          new GroupShard(
              journal.mailbox(),
              new GroupStorage(journal),
              actual,
              consumerConfigs,
              shareConfigs,
              streamsConfigs,
              topics,
              clock,
              timer);
      JournalReader.read(journal.log(), shard.replaying());
      journal.onTransactionEnd(end -> shard.transactionEnded(end.producerId(), end.commit()));
      shard.start();
      shards.add(shard);
    }
  }

  private GroupShard shard(String group) {
    return shards.get(partitionFor(group));
  }

  @Override
  public int partitionFor(String group) {
    return (group.hashCode() & Integer.MAX_VALUE) % shards.size();
  }

  @Override
  public CompletionStage<ConsumerHeartbeat.Answer> consumerHeartbeat(ConsumerHeartbeat heartbeat) {
    GroupShard shard = shard(heartbeat.group());
    return shard.call(answer -> shard.consumers().heartbeat(heartbeat, answer));
  }

  @Override
  public CompletionStage<ConsumerGroupDescription> describeConsumers(String group) {
    GroupShard shard = shard(group);
    return shard.call(answer -> shard.journal().answer(answer, shard.consumers().describe(group)));
  }

  @Override
  public CompletionStage<ConsumerHeartbeat.Answer> shareHeartbeat(ShareHeartbeat heartbeat) {
    GroupShard shard = shard(heartbeat.group());
    return shard.call(answer -> shard.shares().heartbeat(heartbeat, answer));
  }

  @Override
  public CompletionStage<ConsumerGroupDescription> describeShares(String group) {
    GroupShard shard = shard(group);
    return shard.call(answer -> shard.journal().answer(answer, shard.shares().describe(group)));
  }

  @Override
  public CompletionStage<Void> checkEmptyShareGroup(String group) {
    GroupShard shard = shard(group);
    return shard.call(
        answer -> {
          shard.shares().checkEmpty(group);
          shard.journal().answer(answer, null);
        });
  }

  @Override
  public CompletionStage<StreamsHeartbeat.Answer> streamsHeartbeat(StreamsHeartbeat heartbeat) {
    GroupShard shard = shard(heartbeat.group());
    return shard.call(answer -> shard.streams().heartbeat(heartbeat, answer));
  }

  @Override
  public CompletionStage<Void> describeTopology(
      String group, String memberId, TopologyDescription description) {
    GroupShard shard = shard(group);
    return shard.call(
        answer -> {
          shard.streams().describe(group, memberId, description);
          shard.journal().answer(answer, null);
        });
  }

  @Override
  public CompletionStage<StreamsGroupDescription> describeStreams(String group) {
    GroupShard shard = shard(group);
    return shard.call(answer -> shard.journal().answer(answer, shard.streams().describe(group)));
  }

  @Override
  public CompletionStage<JoinResult> join(JoinCommand command) {
    GroupShard shard = shard(command.group());
    return shard.call(answer -> shard.membership().join(command, answer));
  }

  @Override
  public CompletionStage<SyncResult> sync(SyncCommand command) {
    GroupShard shard = shard(command.member().group());
    return shard.call(answer -> shard.membership().sync(command, answer));
  }

  @Override
  public CompletionStage<Void> heartbeat(MemberIdentity member) {
    GroupShard shard = shard(member.group());
    return shard.call(answer -> shard.membership().heartbeat(member, answer));
  }

  @Override
  public CompletionStage<List<@Nullable LeaveFailure>> leave(
      String group, List<LeavingMember> members) {
    GroupShard shard = shard(group);
    return shard.call(
        answer -> shard.journal().answer(answer, shard.membership().leave(group, members)));
  }

  @Override
  public CompletionStage<Void> commit(
      MemberIdentity member, Map<TopicPartition, CommittedOffset> offsets) {
    GroupShard shard = shard(member.group());
    return shard.call(
        answer -> {
          shard.offsets().commit(member, offsets);
          shard.journal().answer(answer, null);
        });
  }

  @Override
  public CompletionStage<Void> commitInTransaction(
      MemberIdentity member, TransactionalCommit by, Map<TopicPartition, CommittedOffset> offsets) {
    GroupShard shard = shard(member.group());
    return shard.call(
        answer -> {
          shard.offsets().commit(member, by, offsets);
          shard.journal().answer(answer, null);
        });
  }

  @Override
  public CompletionStage<Set<TopicPartition>> unstable(String group) {
    GroupShard shard = shard(group);
    return shard.call(answer -> answer.complete(shard.unstable(group)));
  }

  @Override
  public CompletionStage<Map<TopicPartition, CommittedOffset>> committed(
      String group, @Nullable Collection<TopicPartition> partitions) {
    GroupShard shard = shard(group);
    return shard.call(
        answer -> shard.journal().answer(answer, shard.offsets().committed(group, partitions)));
  }

  @Override
  public CompletionStage<Map<TopicPartition, CommittedOffset>> committed(
      MemberIdentity member, @Nullable Collection<TopicPartition> partitions) {
    GroupShard shard = shard(member.group());
    return shard.call(
        answer -> shard.journal().answer(answer, shard.offsets().committed(member, partitions)));
  }

  @Override
  public CompletionStage<Void> deleteOffsets(String group, Collection<TopicPartition> partitions) {
    GroupShard shard = shard(group);
    return shard.call(
        answer -> {
          shard.offsets().delete(group, partitions);
          shard.journal().answer(answer, null);
        });
  }

  @Override
  public CompletionStage<Optional<GroupDescription>> describe(String group) {
    GroupShard shard = shard(group);
    return shard.call(answer -> shard.journal().answer(answer, shard.describe(group)));
  }

  @Override
  public CompletionStage<List<GroupListing>> list() {
    CompletionStage<List<GroupListing>> all = CompletableFuture.completedFuture(List.of());
    for (GroupShard shard : shards) {
      CompletionStage<List<GroupListing>> some =
          shard.call(answer -> answer.complete(shard.list()));
      all =
          all.thenCombine(
              some,
              (before, more) -> {
                List<GroupListing> both = new ArrayList<>(before);
                both.addAll(more);
                return both;
              });
    }
    return all;
  }

  @Override
  public CompletionStage<Void> delete(String group) {
    GroupShard shard = shard(group);
    // What it has read goes first, so that a crash cannot leave it to a later group of that name.
    return shard
        .<Boolean>call(answer -> answer.complete(shard.shares().isEmptyGroup(group)))
        .thenCompose(
            share ->
                share
                    ? shares.forget(group, null)
                    : CompletableFuture.<Boolean>completedFuture(false))
        .thenCompose(
            forgotten ->
                shard.call(
                    answer -> {
                      shard.offsets().deleteGroup(group);
                      shard.journal().answer(answer, null);
                    }));
  }

  /** A topic has gone: forgets what was committed for it. */
  public void topicDeleted(String topic) {
    for (GroupShard shard : shards) {
      CompletionStage<Void> unused =
          shard.call(
              answer -> {
                shard.offsets().topicDeleted(topic);
                answer.complete(null);
              });
    }
  }

  /** Refuses all calls from now on, and those that wait. */
  @Override
  public void close() {
    shards.forEach(GroupShard::close);
  }
}
