package io.millrace.bench.kafka;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One member of a classic consumer group without the Java client's threads and buffers. It has a
 * connection of its own, since a broker answers a connection's requests in order and a JoinGroup
 * holds up all behind it.
 *
 * <p>JOINING → SYNCING → STABLE → (the group has gone on without it) JOINING. Confined to the
 * thread of its {@link GroupMembers}.
 */
final class GroupMember {

  enum State {
    JOINING,
    SYNCING,
    STABLE
  }

  private static final short JOIN = 11;
  private static final short JOIN_VERSION = 4;
  private static final short HEARTBEAT = 12;
  private static final short SYNC = 14;
  private static final short MEMBERSHIP_VERSION = 2;
  private static final short ILLEGAL_GENERATION = 22;
  private static final short UNKNOWN_MEMBER = 25;
  private static final short REBALANCE_IN_PROGRESS = 27;
  private static final short MEMBER_ID_REQUIRED = 79;

  /** The coordinator is loading, not available, or not known to be this node. */
  private static final Set<Short> NOT_YET = Set.of((short) 14, (short) 15, (short) 16);

  private static final int SESSION_MILLIS = 60_000;
  private static final int REBALANCE_MILLIS = 300_000;
  private static final int FIRST_BYTES = 512;
  private static final byte[] CLIENT_ID = "lean".getBytes(StandardCharsets.US_ASCII);

  private final String group;
  private final String topic;
  private final int partitions;
  private final SocketChannel socket;
  private ByteBuffer response = ByteBuffer.allocate(FIRST_BYTES).limit(Integer.BYTES);
  private int correlation;
  private short asked;
  private boolean unanswered;
  private State state = State.JOINING;
  private String memberId = "";
  private int generation = -1;

  GroupMember(int port, String group, String topic, int partitions) throws IOException {
    this.group = group;
    this.topic = topic;
    this.partitions = partitions;
    this.socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    socket.configureBlocking(false);
  }

  SocketChannel socket() {
    return socket;
  }

  State state() {
    return state;
  }

  int generation() {
    return generation;
  }

  /** Whether the coordinator has given it a member id. */
  boolean hasId() {
    return !memberId.isEmpty();
  }

  void join() throws IOException {
    state = State.JOINING;
    ByteBuffer subscription = ByteBuffer.allocate(64);
    subscription.putShort((short) 0).putInt(1);
    LeanConnection.putString(subscription, topic);
    subscription.putInt(-1).flip();
    ByteBuffer body = begin(JOIN, JOIN_VERSION, FIRST_BYTES);
    LeanConnection.putString(body, group);
    body.putInt(SESSION_MILLIS).putInt(REBALANCE_MILLIS);
    LeanConnection.putString(body, memberId);
    LeanConnection.putString(body, "consumer");
    body.putInt(1);
    LeanConnection.putString(body, "range");
    body.putInt(subscription.remaining()).put(subscription);
    send(body);
  }

  /** Asks whether the group goes on as it is, unless an answer is still to come. */
  void heartbeat() throws IOException {
    if (state != State.STABLE || unanswered) {
      return;
    }
    ByteBuffer body = begin(HEARTBEAT, MEMBERSHIP_VERSION, FIRST_BYTES);
    LeanConnection.putString(body, group);
    body.putInt(generation);
    LeanConnection.putString(body, memberId);
    send(body);
  }

  /** Takes what has arrived, and goes on from it once an answer is whole. */
  void readable() throws IOException {
    while (true) {
      if (socket.read(response) < 0) {
        throw new EOFException("the server closed the connection of member " + memberId);
      }
      if (response.hasRemaining()) {
        return;
      }
      int length = response.getInt(0);
      if (response.limit() == Integer.BYTES) {
        if (response.capacity() < Integer.BYTES + length) {
          response = ByteBuffer.allocate(Integer.BYTES + length).putInt(length);
        }
        response.limit(Integer.BYTES + length);
        continue;
      }
      response.flip().position(2 * Integer.BYTES);
      ByteBuffer answer = response;
      unanswered = false;
      answered(answer);
      if (response.capacity() > 1 << 16) {
        response = ByteBuffer.allocate(FIRST_BYTES);
      }
      response.clear().limit(Integer.BYTES);
      return;
    }
  }

  private void answered(ByteBuffer answer) throws IOException {
    answer.getInt();
    short error = answer.getShort();
    switch (asked) {
      case JOIN -> joined(error, answer);
      case SYNC -> {
        if (mustJoinAnew(error) || NOT_YET.contains(error)) {
          join();
        } else {
          require(error, "SyncGroup");
          if (answer.getInt() <= 0) {
            throw new IllegalStateException("a member was given no assignment");
          }
          state = State.STABLE;
        }
      }
      default -> {
        if (mustJoinAnew(error)) {
          join();
        } else if (!NOT_YET.contains(error)) {
          require(error, "Heartbeat");
        }
      }
    }
  }

  /** Whether the group has gone on without this member's present membership, as clients take it. */
  private boolean mustJoinAnew(short error) {
    if (error == UNKNOWN_MEMBER) {
      memberId = "";
    }
    return error == REBALANCE_IN_PROGRESS || error == ILLEGAL_GENERATION || error == UNKNOWN_MEMBER;
  }

  private void joined(short error, ByteBuffer answer) throws IOException {
    int joinedGeneration = answer.getInt();
    LeanConnection.skipString(answer);
    String leader = string(answer);
    String givenId = string(answer);
    if (!givenId.isEmpty()) {
      memberId = givenId;
    }
    if (error == MEMBER_ID_REQUIRED || mustJoinAnew(error) || NOT_YET.contains(error)) {
      join();
      return;
    }
    require(error, "JoinGroup");
    generation = joinedGeneration;
    state = State.SYNCING;
    List<String> members = new ArrayList<>();
    if (leader.equals(memberId)) {
      for (int left = answer.getInt(); left > 0; left--) {
        members.add(string(answer));
        int metadata = answer.getInt();
        answer.position(answer.position() + metadata);
      }
    }
    sync(members);
  }

  /** Sends what the leader decided: partitions by turns; an empty list of all others. */
  private void sync(List<String> members) throws IOException {
    int assignmentBytes = 64 + Integer.BYTES * (1 + partitions / Math.max(1, members.size()));
    ByteBuffer body =
        begin(SYNC, MEMBERSHIP_VERSION, FIRST_BYTES + members.size() * (128 + assignmentBytes));
    LeanConnection.putString(body, group);
    body.putInt(generation);
    LeanConnection.putString(body, memberId);
    body.putInt(members.size());
    for (int member = 0; member < members.size(); member++) {
      LeanConnection.putString(body, members.get(member));
      ByteBuffer assignment = ByteBuffer.allocate(assignmentBytes);
      assignment.putShort((short) 0).putInt(1);
      LeanConnection.putString(assignment, topic);
      int countAt = assignment.position();
      assignment.putInt(0);
      int count = 0;
      for (int partition = member; partition < partitions; partition += members.size()) {
        assignment.putInt(partition);
        count++;
      }
      assignment.putInt(countAt, count).putInt(-1).flip();
      body.putInt(assignment.remaining()).put(assignment);
    }
    send(body);
  }

  private ByteBuffer begin(short api, short version, int bytes) {
    asked = api;
    ByteBuffer request = ByteBuffer.allocate(bytes);
    request.putInt(0).putShort(api).putShort(version).putInt(correlation++);
    request.putShort((short) CLIENT_ID.length).put(CLIENT_ID);
    return request;
  }

  private void send(ByteBuffer request) throws IOException {
    unanswered = true;
    request.flip();
    request.putInt(0, request.limit() - Integer.BYTES);
    while (request.hasRemaining()) {
      // The leader's request is larger than a socket's buffer; the broker reads it at once.
      if (socket.write(request) == 0) {
        Thread.onSpinWait();
      }
    }
  }

  private static String string(ByteBuffer source) {
    byte[] bytes = new byte[Math.max(0, source.getShort())];
    source.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void require(short error, String request) {
    if (error != 0) {
      throw new IllegalStateException("the broker refused a " + request + " with error " + error);
    }
  }
}
