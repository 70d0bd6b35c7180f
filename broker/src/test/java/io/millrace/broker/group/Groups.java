package io.millrace.broker.group;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.VirtualTime;
import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.GroupDescription;
import io.millrace.broker.group.GroupCoordinator.JoinCommand;
import io.millrace.broker.group.GroupCoordinator.JoinResult;
import io.millrace.broker.group.GroupCoordinator.JoinedMember;
import io.millrace.broker.group.GroupCoordinator.LeaveFailure;
import io.millrace.broker.group.GroupCoordinator.LeavingMember;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.group.GroupCoordinator.OfferedProtocol;
import io.millrace.broker.group.GroupCoordinator.SyncCommand;
import io.millrace.broker.group.GroupCoordinator.SyncResult;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.core.Mailbox;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One shard with its time and its storage in the test's hands, and clients' calls to it. */
final class Groups {

  static final String GROUP = "board";
  static final Duration SESSION = Duration.ofSeconds(10);
  static final Duration REBALANCE = Duration.ofSeconds(60);

  final VirtualTime time;
  final MemoryStorage storage;
  final MemoryTopics topics = new MemoryTopics();
  GroupShard shard;
  private final GroupSettings settings;
  final ResolvedGroupConfigs configs;

  Groups() {
    this(GroupSettings.defaults().withOffsetsPartitions(1));
  }

  Groups(GroupSettings settings) {
    this.settings = settings;
    configs = new ResolvedGroupConfigs(settings);
    time = new VirtualTime();
    storage = new MemoryStorage();
    shard = open();
  }

  private GroupShard open() {
    GroupShard opened =
        new GroupShard(
            new Mailbox("groups"),
            storage,
            settings,
            configs::consumer,
            configs::share,
            configs::streams,
            topics::image,
            time,
            time);
    storage.replay(opened);
    opened.start();
    return opened;
  }

  /** The node ends and starts again with what was stored. */
  void restart() {
    shard.close();
    shard = open();
  }

  // ---- calls ----

  CompletableFuture<JoinResult> join(String memberId) {
    return join(memberId, null, true, subscription("flights"));
  }

  CompletableFuture<JoinResult> joinStatic(String memberId, String instanceId) {
    return join(memberId, instanceId, false, subscription("flights"));
  }

  CompletableFuture<JoinResult> join(
      String memberId, @Nullable String instanceId, boolean knownOnly, byte[] metadata) {
    return join(
        new JoinCommand(
            GROUP,
            memberId,
            instanceId,
            "client",
            "127.0.0.1",
            SESSION,
            REBALANCE,
            "consumer",
            List.of(new OfferedProtocol("range", metadata)),
            knownOnly,
            null));
  }

  CompletableFuture<JoinResult> join(JoinCommand command) {
    return shard
        .<JoinResult>call(answer -> shard.membership().join(command, answer))
        .toCompletableFuture();
  }

  /** Joins as clients do: asks for an id, and joins with it. */
  CompletableFuture<JoinResult> joinAnew() {
    return join(now(join("")).memberId());
  }

  CompletableFuture<SyncResult> sync(
      JoinResult joined, @Nullable String instanceId, Map<String, byte[]> assignments) {
    SyncCommand command =
        new SyncCommand(
            new MemberIdentity(GROUP, joined.generation(), joined.memberId(), instanceId),
            "consumer",
            "range",
            assignments);
    return shard
        .<SyncResult>call(answer -> shard.membership().sync(command, answer))
        .toCompletableFuture();
  }

  CompletableFuture<SyncResult> sync(JoinResult joined) {
    return sync(joined, null, assignments(joined));
  }

  CompletableFuture<Void> heartbeat(JoinResult joined) {
    return heartbeat(new MemberIdentity(GROUP, joined.generation(), joined.memberId(), null));
  }

  CompletableFuture<Void> heartbeat(MemberIdentity member) {
    return shard
        .<Void>call(answer -> shard.membership().heartbeat(member, answer))
        .toCompletableFuture();
  }

  /** A heartbeat whose outcome does not matter. */
  void beat(JoinResult joined) {
    beat(new MemberIdentity(GROUP, joined.generation(), joined.memberId(), null));
  }

  void beat(MemberIdentity member) {
    CompletableFuture<Void> unused = heartbeat(member);
  }

  CompletableFuture<List<@Nullable LeaveFailure>> leave(
      String memberId, @Nullable String instanceId) {
    return shard
        .<List<@Nullable LeaveFailure>>call(
            answer ->
                shard
                    .journal()
                    .answer(
                        answer,
                        shard
                            .membership()
                            .leave(
                                GROUP, List.of(new LeavingMember(memberId, instanceId, "test")))))
        .toCompletableFuture();
  }

  CompletableFuture<Void> commit(MemberIdentity member, String topic, long offset) {
    return shard
        .<Void>call(
            answer -> {
              shard
                  .offsets()
                  .commit(
                      member,
                      Map.of(
                          new TopicPartition(topic, 0),
                          new CommittedOffset(offset, 0, "", time.millis())));
              shard.journal().answer(answer, null);
            })
        .toCompletableFuture();
  }

  Map<TopicPartition, CommittedOffset> committed() {
    return now(
        shard
            .<Map<TopicPartition, CommittedOffset>>call(
                answer -> shard.journal().answer(answer, shard.offsets().committed(GROUP, null)))
            .toCompletableFuture());
  }

  CompletableFuture<Void> deleteOffsets(Collection<TopicPartition> partitions) {
    return shard
        .<Void>call(
            answer -> {
              shard.offsets().delete(GROUP, partitions);
              shard.journal().answer(answer, null);
            })
        .toCompletableFuture();
  }

  CompletableFuture<Void> deleteGroup() {
    return shard
        .<Void>call(
            answer -> {
              shard.offsets().deleteGroup(GROUP);
              shard.journal().answer(answer, null);
            })
        .toCompletableFuture();
  }

  Optional<GroupDescription> describe() {
    return now(
        shard
            .<Optional<GroupDescription>>call(answer -> answer.complete(shard.describe(GROUP)))
            .toCompletableFuture());
  }

  // ---- values ----

  static MemberIdentity nobody() {
    return new MemberIdentity(GROUP, -1, "", null);
  }

  /** What a leader decides here: each member works on what is named after it and its generation. */
  static Map<String, byte[]> assignments(JoinResult joined) {
    Map<String, byte[]> assignments = new HashMap<>();
    for (JoinedMember member : joined.members()) {
      assignments.put(member.memberId(), work(joined.generation(), member.memberId()));
    }
    return assignments;
  }

  static byte[] work(int generation, String memberId) {
    return (generation + ":" + memberId).getBytes(StandardCharsets.UTF_8);
  }

  static byte[] subscription(String topic) {
    byte[] name = topic.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(12 + name.length)
        .putShort((short) 1)
        .putInt(1)
        .putShort((short) name.length)
        .put(name)
        .array();
  }

  // ---- outcomes ----

  /** The answer, which is there already. */
  static <T> T now(CompletableFuture<T> answer) {
    if (!answer.isDone()) {
      throw new AssertionError("there is no answer yet");
    }
    return answer.join();
  }

  /** The refusal, which is there already. */
  static BrokerError error(CompletableFuture<?> answer) {
    if (!answer.isCompletedExceptionally()) {
      throw new AssertionError(answer.isDone() ? "it went well" : "there is no answer yet");
    }
    try {
      Object unused = answer.join();
      throw new AssertionError("it went well");
    } catch (CompletionException e) {
      if (e.getCause() instanceof BrokerException refusal) {
        return refusal.error();
      }
      throw e;
    }
  }
}
