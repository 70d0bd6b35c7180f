package io.millrace.broker.group;

import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.member.Heartbeat;
import io.millrace.broker.group.streams.StreamsGroupDescription;
import io.millrace.broker.group.streams.StreamsHeartbeat;
import io.millrace.broker.group.streams.StreamsMemberMetadata.Endpoint;
import io.millrace.broker.group.streams.StreamsStatus;
import io.millrace.broker.group.streams.StreamsTopology;
import io.millrace.broker.group.streams.TaskId;
import io.millrace.broker.group.streams.Tasks;
import io.millrace.broker.group.streams.Topologies;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A thread of a Streams application as its client is one: it has what it was given. */
final class StreamsClient implements HeartbeatClient<StreamsHeartbeat.Answer> {

  static final int REBALANCE_MILLIS = 20_000;

  private final Groups groups;
  final @Nullable String instanceId;
  final String processId;
  String memberId;
  int epoch;
  int endpointEpoch = -1;
  StreamsTopology topology = Topologies.counting(0);
  @Nullable Endpoint endpoint;
  Map<String, String> tags = Map.of();
  boolean tellsProgress;
  boolean shutsDown;
  Tasks owned = Tasks.NONE;
  List<StreamsStatus> statuses = List.of();

  /** How far its state has come, and how far it has to; sent with each heartbeat. */
  final Map<TaskId, Long> offsets = new HashMap<>();

  final Map<TaskId, Long> ends = new HashMap<>();

  StreamsClient(Groups groups, String memberId, String processId, @Nullable String instanceId) {
    this.groups = groups;
    this.memberId = memberId;
    this.processId = processId;
    this.instanceId = instanceId;
  }

  StreamsClient(Groups groups, String memberId) {
    this(groups, memberId, "process-of-" + memberId, null);
  }

  /** A heartbeat that says everything, as a client's does that has changed something. */
  @Override
  public CompletableFuture<StreamsHeartbeat.Answer> send() {
    return send(epoch, owned);
  }

  @Override
  public CompletableFuture<StreamsHeartbeat.Answer> sendNothingNew() {
    return send(epoch, null);
  }

  @Override
  public CompletableFuture<StreamsHeartbeat.Answer> sendLeaving(int how) {
    CompletableFuture<StreamsHeartbeat.Answer> answer = send(how, null);
    forget();
    memberId += "x";
    return answer;
  }

  CompletableFuture<StreamsHeartbeat.Answer> send(int sentEpoch, @Nullable Tasks sentOwned) {
    return call(
        new StreamsHeartbeat(
            Groups.GROUP,
            memberId,
            sentEpoch,
            endpointEpoch,
            instanceId,
            null,
            "client",
            "127.0.0.1",
            sentEpoch == 0 ? REBALANCE_MILLIS : Heartbeat.UNCHANGED,
            sentEpoch == 0 ? topology : null,
            sentOwned,
            sentEpoch == 0 ? processId : null,
            endpoint,
            sentEpoch == 0 ? tags : null,
            tellsProgress ? Map.copyOf(offsets) : null,
            tellsProgress ? Map.copyOf(ends) : null,
            tellsProgress,
            shutsDown));
  }

  CompletableFuture<StreamsHeartbeat.Answer> call(StreamsHeartbeat heartbeat) {
    return groups
        .shard
        .<StreamsHeartbeat.Answer>call(
            answer -> groups.shard.streams().heartbeat(heartbeat, answer))
        .toCompletableFuture();
  }

  /** Takes an answer over, and what it gives at once. */
  @Override
  public void take(StreamsHeartbeat.Answer answer) {
    memberId = answer.memberId();
    epoch = answer.epoch();
    endpointEpoch = answer.endpointEpoch();
    statuses = answer.statuses();
    if (answer.tasks() != null) {
      owned = answer.tasks();
    }
  }

  /** One heartbeat and its answer. */
  StreamsHeartbeat.Answer beat() {
    StreamsHeartbeat.Answer answer = Groups.now(send());
    take(answer);
    return answer;
  }

  /** Gives up what it has, and is nobody's member. */
  @Override
  public void forget() {
    epoch = 0;
    endpointEpoch = -1;
    owned = Tasks.NONE;
  }

  void leave(int how) {
    StreamsHeartbeat.Answer unused = Groups.now(send(how, null));
    forget();
  }

  StreamsGroupDescription describe() {
    return Groups.now(
        groups
            .shard
            .<StreamsGroupDescription>call(
                answer -> answer.complete(groups.shard.streams().describe(Groups.GROUP)))
            .toCompletableFuture());
  }

  MemberIdentity identity(int sentEpoch) {
    return new MemberIdentity(Groups.GROUP, sentEpoch, memberId, null);
  }
}
