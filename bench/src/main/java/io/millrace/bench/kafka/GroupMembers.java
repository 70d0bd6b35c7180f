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

  private final Target target;
  private final String group;
  private final Selector selector = Selector.open();
  private final List<GroupMember> members = new ArrayList<>();

  GroupMembers(Target target, String group) throws IOException {
    this.target = target;
    this.group = group;
  }

  /** Has another member connect and ask to join. */
  void add() throws IOException {
    GroupMember member =
        new GroupMember(target.server().kafkaPort(), group, target.topic(), target.partitions());
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
