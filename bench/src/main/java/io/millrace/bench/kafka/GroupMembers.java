package io.millrace.bench.kafka;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The members of one group, all served by the thread that calls. */
final class GroupMembers implements AutoCloseable {

  static final Duration HEARTBEAT_INTERVAL = Duration.ofMillis(50);

  private static final long HEARTBEAT_NANOS = HEARTBEAT_INTERVAL.toNanos();
  private static final long SELECT_MILLIS = 1;
  private static final long RETRY_MILLIS = 20;
  private static final short FIND_COORDINATOR = 10;

  private final Target target;
  private final String group;
  private final Selector selector = Selector.open();
  private final List<GroupMember> members = new ArrayList<>();

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

  /** Has another member connect and ask to join. */
  GroupMember add() throws IOException {
    GroupMember member =
        new GroupMember(target.server().kafkaPort(), group, target.topic(), target.partitions());
    members.add(member);
    member.socket().register(selector, SelectionKey.OP_READ, member);
    member.join();
    return member;
  }

  /**
   * Has another member ask to join, and again under the id that it is given: with that the group
   * begins to rebalance, of which the others do not know yet.
   */
  void addKnown() throws IOException {
    GroupMember member = add();
    while (!member.hasId()) {
      serve();
    }
  }

  /**
   * Serves all members, each with a heartbeat every 50 ms, until all have their part of the same
   * generation, later than {@code generation}.
   *
   * @param spread of a round of heartbeats: zero has all members send theirs at once
   * @return that generation
   */
  int awaitAssigned(int generation, Duration spread, Duration limit) throws IOException {
    long began = System.nanoTime();
    long roundBegan = began;
    int beaten = 0;
    while (!assigned(generation)) {
      long sinceRound = System.nanoTime() - roundBegan;
      if (System.nanoTime() - began > limit.toNanos()) {
        throw new IllegalStateException("the group was not stable within " + limit);
      }
      target.server().requireAlive();
      if (sinceRound >= HEARTBEAT_NANOS && beaten == members.size()) {
        roundBegan += sinceRound;
        sinceRound = 0;
        beaten = 0;
      }
      long due =
          spread.isZero()
              ? members.size()
              : Math.min(members.size(), 1 + members.size() * sinceRound / spread.toNanos());
      for (; beaten < due; beaten++) {
        members.get(beaten).heartbeat();
      }
      serve();
    }
    return members.getFirst().generation();
  }

  private void serve() throws IOException {
    selector.select(SELECT_MILLIS);
    for (SelectionKey key : selector.selectedKeys()) {
      ((GroupMember) key.attachment()).readable();
    }
    selector.selectedKeys().clear();
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
