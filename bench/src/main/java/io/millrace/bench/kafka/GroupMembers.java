package io.millrace.bench.kafka;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The members of one group, all served by the thread that calls. */
final class GroupMembers implements AutoCloseable {

  private static final long HEARTBEAT_NANOS = 50_000_000;
  private static final long SELECT_MILLIS = 5;
  private static final long RETRY_MILLIS = 20;
  private static final short FIND_COORDINATOR = 10;

  private final Target target;
  private final String group;
  private final Selector selector = Selector.open();
  private final List<GroupMember> members = new ArrayList<>();
  private long firstToldNanos;

  GroupMembers(Target target, String group) throws IOException, InterruptedException {
    this.target = target;
    this.group = group;
    awaitCoordinator();
  }

  /** A new broker makes the topic of its groups when the first one is asked for. */
  private void awaitCoordinator() throws IOException, InterruptedException {
    try (LeanConnection connection = new LeanConnection(target.server().kafkaPort(), 256)) {
      short error;
      do {
        LeanConnection.putString(connection.begin(FIND_COORDINATOR, (short) 0), group);
        connection.send();
        error = connection.receive().getShort();
        if (error != 0) {
          Thread.sleep(RETRY_MILLIS);
        }
      } while (error != 0);
    }
  }

  private void toldToRejoin() {
    if (firstToldNanos == 0) {
      firstToldNanos = System.nanoTime();
    }
  }

  /**
   * When the first of those that were in the group heard of the last one added, on {@link
   * System#nanoTime}'s scale: until then a rebalance is the wait for heartbeats, whatever the
   * broker.
   */
  long firstToldNanos() {
    return firstToldNanos;
  }

  /** Has another member connect and ask to join. */
  void add() throws IOException {
    firstToldNanos = 0;
    GroupMember member =
        new GroupMember(
            target.server().kafkaPort(),
            group,
            target.topic(),
            target.partitions(),
            this::toldToRejoin);
    members.add(member);
    member.socket().register(selector, SelectionKey.OP_READ, member);
    member.join();
  }

  /**
   * Serves all members, each with a heartbeat every 50 ms, until all have their part of the same
   * generation, later than {@code generation}.
   *
   * @return that generation
   */
  int awaitAssigned(int generation, Duration limit) throws IOException {
    long began = System.nanoTime();
    long nextHeartbeats = began;
    while (!assigned(generation)) {
      long now = System.nanoTime();
      if (now - began > limit.toNanos()) {
        throw new IllegalStateException("the group was not stable within " + limit);
      }
      target.server().requireAlive();
      if (now >= nextHeartbeats) {
        nextHeartbeats = now + HEARTBEAT_NANOS;
        for (GroupMember member : members) {
          member.heartbeat();
        }
      }
      selector.select(SELECT_MILLIS);
      for (SelectionKey key : selector.selectedKeys()) {
        ((GroupMember) key.attachment()).readable();
      }
      selector.selectedKeys().clear();
    }
    return members.getFirst().generation();
  }

  private boolean assigned(int after) {
    int generation = members.getFirst().generation();
    if (generation <= after) {
      return false;
    }
    for (GroupMember member : members) {
      if (member.state() != GroupMember.State.STABLE || member.generation() != generation) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    for (GroupMember member : members) {
      member.socket().close();
    }
    selector.close();
  }
}
