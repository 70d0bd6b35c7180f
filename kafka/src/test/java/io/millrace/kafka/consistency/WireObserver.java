package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.CommitOffset;
import io.millrace.kafka.consistency.Operation.FetchOffset;
import io.millrace.kafka.consistency.Operation.ListOffset;
import io.millrace.kafka.consistency.Operation.Position;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Looks at partitions and groups from outside; one of them also commits positions of a group of its
 * own, ever larger ones.
 */
final class WireObserver extends Client {

  private static final int LIST_VERSION = 7;

  private final List<String> groups;
  private final String ownGroup;
  private final BooleanSupplier enough;
  private final NodeLink link;
  private final long[] committed;

  /**
   * @param ownGroup whose positions it commits, or an empty name
   */
  WireObserver(
      String who,
      Setting setting,
      long seed,
      List<String> groups,
      String ownGroup,
      BooleanSupplier enough) {
    super(who, setting, seed);
    this.groups = groups;
    this.ownGroup = ownGroup;
    this.enough = enough;
    link = new NodeLink(setting.node());
    committed = new long[setting.partitions()];
  }

  @Override
  public void run() {
    try (link) {
      while (!enough.getAsBoolean()) {
        setting.checkTime(who);
        int partition = random.nextInt(setting.partitions());
        try {
          if (!ownGroup.isEmpty() && random.nextBoolean()) {
            commit(partition);
          } else if (random.nextBoolean()) {
            Position position =
                List.of(Position.EARLIEST, Position.LATEST, Position.LATEST_COMMITTED)
                    .get(random.nextInt(3));
            list(this, link, partition, position, 0);
          } else {
            look(this, link, groups.get(random.nextInt(groups.size())), partition);
          }
        } catch (IOException e) {
          NodeLink.pause();
        }
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(3000)));
      }
    }
  }

  private void commit(int partition) {
    long offset = committed[partition] + 1 + random.nextInt(5);
    committed[partition] = offset;
    long sent = now();
    Answer answer = ask(() -> GroupRequests.commit(link, ownGroup, partition, offset));
    history()
        .add(
            new CommitOffset(
                who,
                ownGroup,
                partition,
                offset,
                Operation.NO_TRANSACTION,
                sent,
                answer.isDone() ? now() : Operation.NEVER,
                answer.outcome()));
    if (!answer.isDone()) {
      refused("to commit " + offset, answer.error(), sent);
    }
  }

  /** Looks at a group's position; false when the node cannot say. */
  static boolean look(Client by, NodeLink link, String group, int partition) throws IOException {
    long sent = by.now();
    GroupRequests.Position found =
        GroupRequests.fetch(link, group, partition, by.random.nextBoolean());
    if (found.error() != Errors.NONE) {
      return false;
    }
    by.history().add(new FetchOffset(by.who, group, partition, sent, by.now(), found.offset()));
    return true;
  }

  /** Asks for an offset and notes it; -1 when the node cannot say. */
  static long list(Client by, NodeLink link, int partition, Position position, long timestamp)
      throws IOException {
    long sent = by.now();
    long what =
        switch (position) {
          case EARLIEST -> -2;
          case LATEST, LATEST_COMMITTED -> -1;
          case BY_TIME -> timestamp;
        };
    ListOffsetsRequestData request =
        new ListOffsetsRequestData()
            .setReplicaId(-1)
            .setIsolationLevel((byte) (position == Position.LATEST_COMMITTED ? 1 : 0))
            .setTopics(
                List.of(
                    new ListOffsetsTopic()
                        .setName(TOPIC)
                        .setPartitions(
                            List.of(
                                new ListOffsetsPartition()
                                    .setPartitionIndex(partition)
                                    .setCurrentLeaderEpoch(-1)
                                    .setTimestamp(what)))));
    ListOffsetsPartitionResponse got =
        link.call(ApiKeys.LIST_OFFSETS, LIST_VERSION, request, ListOffsetsResponseData::new)
            .topics()
            .getFirst()
            .partitions()
            .getFirst();
    if (got.errorCode() != 0) {
      NodeLink.pause();
      return -1;
    }
    by.history()
        .add(new ListOffset(by.who, partition, position, timestamp, sent, by.now(), got.offset()));
    return got.offset();
  }
}
