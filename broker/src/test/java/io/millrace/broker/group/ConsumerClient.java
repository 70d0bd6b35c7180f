package io.millrace.broker.group;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.consumer.ConsumerGroupDescription;
import io.millrace.broker.group.consumer.ConsumerHeartbeat;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.member.Heartbeat;
import io.millrace.broker.topic.TopicPartition;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A member of the new protocol as a client is one: it has what it was given, until told else. */
final class ConsumerClient implements HeartbeatClient<ConsumerHeartbeat.Answer> {

  private static final int REBALANCE_MILLIS = 20_000;

  private final Groups groups;
  final @Nullable String instanceId;
  String memberId;
  int epoch;
  Set<String> topics = Set.of("flights");
  @Nullable String regex;
  @Nullable String assignor;
  Set<TopicIdPartition> owned = new HashSet<>();

  /** What the client is to have, as it was told last. */
  Set<TopicIdPartition> told = Set.of();

  ConsumerClient(Groups groups, String memberId, @Nullable String instanceId) {
    this.groups = groups;
    this.memberId = memberId;
    this.instanceId = instanceId;
  }

  /** A heartbeat that says everything, as a client's does that has changed something. */
  @Override
  public CompletableFuture<ConsumerHeartbeat.Answer> send() {
    return send(epoch, topics, regex, Set.copyOf(owned));
  }

  @Override
  public CompletableFuture<ConsumerHeartbeat.Answer> sendNothingNew() {
    return call(
        new ConsumerHeartbeat(
            Groups.GROUP,
            memberId,
            epoch,
            instanceId,
            null,
            "client",
            "127.0.0.1",
            Heartbeat.UNCHANGED,
            null,
            null,
            null,
            null));
  }

  @Override
  public CompletableFuture<ConsumerHeartbeat.Answer> sendLeaving(int how) {
    CompletableFuture<ConsumerHeartbeat.Answer> answer = send(how, null, null, null);
    forget();
    memberId += "x";
    return answer;
  }

  CompletableFuture<ConsumerHeartbeat.Answer> send(
      int sentEpoch,
      @Nullable Set<String> sentTopics,
      @Nullable String sentRegex,
      @Nullable Set<TopicIdPartition> sentOwned) {
    return call(
        new ConsumerHeartbeat(
            Groups.GROUP,
            memberId,
            sentEpoch,
            instanceId,
            null,
            "client",
            "127.0.0.1",
            REBALANCE_MILLIS,
            sentTopics,
            sentRegex,
            assignor,
            sentOwned));
  }

  private CompletableFuture<ConsumerHeartbeat.Answer> call(ConsumerHeartbeat heartbeat) {
    return groups
        .shard
        .<ConsumerHeartbeat.Answer>call(
            answer -> groups.shard.consumers().heartbeat(heartbeat, answer))
        .toCompletableFuture();
  }

  /** Takes an answer over, and what it gives at once. */
  @Override
  public void take(ConsumerHeartbeat.Answer answer) {
    memberId = answer.memberId();
    epoch = answer.epoch();
    if (answer.assignment() != null) {
      told = answer.assignment();
      owned = new HashSet<>(told);
    }
  }

  /** One heartbeat and its answer. */
  void beat() {
    take(Groups.now(send()));
  }

  /** Gives up what it has, and is nobody's member. */
  @Override
  public void forget() {
    epoch = 0;
    owned = new HashSet<>();
    told = Set.of();
  }

  void leave(int how) {
    ConsumerHeartbeat.Answer unused = Groups.now(send(how, null, null, null));
    forget();
  }

  ConsumerGroupDescription describe() {
    return Groups.now(
        groups
            .shard
            .<ConsumerGroupDescription>call(
                answer -> answer.complete(groups.shard.consumers().describe(Groups.GROUP)))
            .toCompletableFuture());
  }

  CompletableFuture<Map<TopicPartition, CommittedOffset>> committed(int sentEpoch) {
    MemberIdentity identity = new MemberIdentity(Groups.GROUP, sentEpoch, memberId, null);
    return groups
        .shard
        .<Map<TopicPartition, CommittedOffset>>call(
            answer -> answer.complete(groups.shard.offsets().committed(identity, null)))
        .toCompletableFuture();
  }
}
