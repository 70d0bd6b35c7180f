package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.CommitOffset;
import io.millrace.kafka.consistency.Operation.FetchOffset;
import io.millrace.kafka.consistency.Operation.Owned;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData.Assignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * A member of a consumer group (KIP-848): has what it is told until it is told else, goes on from
 * where the group stands, commits ever larger positions in its epoch, and now and then leaves and
 * joins as somebody else. Between two answers it asks one thing at a time, so it never commits for
 * what it has given back.
 */
final class WireMember extends Client {

  private static final int HEARTBEAT_VERSION = 1;
  private static final int REBALANCE_MILLIS = 600_000;
  private static final int JOIN = 0;
  private static final int LEAVE = -1;

  private final String group;
  private final BooleanSupplier enough;
  private final NodeLink link;
  private final Map<Integer, Partition> owned = new TreeMap<>();
  private Uuid topicId = Uuid.ZERO_UUID;
  private String memberId;
  private int epoch = JOIN;
  private int lives;

  /** A partition that it has. */
  private static final class Partition {
    final long since;
    long position;

    Partition(long since) {
      this.since = since;
    }
  }

  WireMember(String who, Setting setting, long seed, String group, BooleanSupplier enough) {
    super(who, setting, seed);
    this.group = group;
    this.enough = enough;
    memberId = who + "-0";
    link = new NodeLink(setting.node());
  }

  @Override
  public void run() {
    try (link) {
      boolean goesOn = true;
      while (goesOn && !enough.getAsBoolean()) {
        setting.checkTime(who);
        int what = random.nextInt(40);
        if (what == 0 && epoch != JOIN) {
          leave();
        } else if (what < 15 || owned.isEmpty()) {
          goesOn = heartbeat();
        } else {
          goesOn = commit();
        }
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(4000)));
      }
      giveUpAll();
    }
  }

  // ---- heartbeats ----

  /** False when it was refused for no reason. */
  private boolean heartbeat() {
    long sent = now();
    ConsumerGroupHeartbeatResponseData[] got = new ConsumerGroupHeartbeatResponseData[1];
    Answer answer =
        ask(
            () -> {
              got[0] = send(epoch);
              return Errors.forCode(got[0].errorCode());
            });
    if (answer.error() == Errors.FENCED_MEMBER_EPOCH && !answer.isFirst()) {
      // Two answers were lost, so it is behind by two epochs.
      giveUpAll();
      epoch = JOIN;
      return true;
    }
    if (!answer.isDone()) {
      refused("to be the member " + memberId + " in epoch " + epoch, answer.error(), sent);
      return false;
    }
    epoch = got[0].memberEpoch();
    Assignment assignment = got[0].assignment();
    return assignment == null || take(assignment);
  }

  private ConsumerGroupHeartbeatResponseData send(int sentEpoch) throws IOException {
    List<ConsumerGroupHeartbeatRequestData.TopicPartitions> has =
        owned.isEmpty()
            ? List.of()
            : List.of(
                new ConsumerGroupHeartbeatRequestData.TopicPartitions()
                    .setTopicId(topicId)
                    .setPartitions(new ArrayList<>(owned.keySet())));
    ConsumerGroupHeartbeatRequestData request =
        new ConsumerGroupHeartbeatRequestData()
            .setGroupId(group)
            .setMemberId(memberId)
            .setMemberEpoch(sentEpoch);
    if (sentEpoch != LEAVE) {
      request
          .setRebalanceTimeoutMs(REBALANCE_MILLIS)
          .setSubscribedTopicNames(List.of(TOPIC))
          .setTopicPartitions(has);
    }
    return link.call(
        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
        HEARTBEAT_VERSION,
        request,
        ConsumerGroupHeartbeatResponseData::new);
  }

  /** Gives back what it is to have no more, and goes on where the group stands with what is new. */
  private boolean take(Assignment assignment) {
    Set<Integer> told = new HashSet<>();
    for (ConsumerGroupHeartbeatResponseData.TopicPartitions each : assignment.topicPartitions()) {
      topicId = each.topicId();
      told.addAll(each.partitions());
    }
    for (int partition : List.copyOf(owned.keySet())) {
      if (!told.contains(partition)) {
        giveUp(partition);
      }
    }
    for (int partition : told) {
      if (!owned.containsKey(partition)) {
        owned.put(partition, new Partition(now()));
        if (!findPosition(partition)) {
          return false;
        }
      }
    }
    return true;
  }

  private void giveUp(int partition) {
    Partition had = owned.remove(partition);
    if (had != null) {
      history().add(new Owned(who, group, partition, had.since, now()));
    }
  }

  private void giveUpAll() {
    List.copyOf(owned.keySet()).forEach(this::giveUp);
  }

  private void leave() {
    giveUpAll();
    Answer unused = ask(() -> Errors.forCode(send(LEAVE).errorCode()));
    memberId = who + "-" + ++lives;
    epoch = JOIN;
  }

  // ---- positions ----

  private boolean findPosition(int partition) {
    long first = now();
    long[] found = new long[2];
    Answer answer =
        ask(
            () -> {
              found[0] = now();
              GroupRequests.Position position = GroupRequests.fetch(link, group, partition, true);
              found[1] = position.offset();
              return position.error();
            });
    if (!answer.isDone()) {
      refused("to fetch the position of " + partition, answer.error(), first);
      return false;
    }
    history().add(new FetchOffset(who, group, partition, found[0], now(), found[1]));
    Partition has = owned.get(partition);
    if (has != null) {
      has.position = Math.max(0, found[1]);
    }
    return true;
  }

  private boolean commit() {
    List<Integer> partitions = List.copyOf(owned.keySet());
    int partition = partitions.get(random.nextInt(partitions.size()));
    Partition has = owned.get(partition);
    long offset = (has == null ? 0 : has.position) + 1 + random.nextInt(5);
    long sent = now();
    Answer answer =
        ask(() -> GroupRequests.commit(link, group, memberId, epoch, partition, offset));
    history()
        .add(
            new CommitOffset(
                who,
                group,
                partition,
                offset,
                Operation.NO_TRANSACTION,
                sent,
                answer.isDone() ? now() : Operation.NEVER,
                answer.outcome()));
    if (!answer.isDone()) {
      refused("to commit " + offset + " in epoch " + epoch, answer.error(), sent);
      return false;
    }
    if (has != null) {
      has.position = offset;
    }
    return true;
  }
}
