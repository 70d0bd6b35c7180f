package io.millrace.kafka.share;

import io.millrace.broker.group.share.SharePartitions;
import io.millrace.kafka.net.Connection;
import io.millrace.kafka.net.ConnectionState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** The share sessions of the node: at most so many, each on one connection. Any thread. */
final class ShareSessions {

  static final int INITIAL_EPOCH = 0;
  static final int FINAL_EPOCH = -1;

  private final SharePartitions shares;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong lastOwner = new AtomicLong();

  ShareSessions(SharePartitions shares) {
    this.shares = shares;
  }

  /** The sessions of one connection, on whose event loop it is used. */
  private final class OfConnection implements ConnectionState {

    private final Map<Member, ShareSession> sessions = new HashMap<>();

    @Override
    public void close() {
      for (ShareSession session : sessions.values()) {
        List<CompletionStage<Void>> unused = session.release(shares);
      }
      count.addAndGet(-sessions.size());
      sessions.clear();
    }
  }

  private record Member(String group, String id) {}

  /**
   * What an epoch means.
   *
   * @param session null when there is an error
   */
  record Entry(@Nullable ShareSession session, Errors error) {}

  /**
   * The session that a request is in: a new one for the initial epoch, none any more for the final
   * one, which is returned for the last time.
   */
  Entry enter(Connection connection, String group, String memberId, int epoch) {
    Member member = new Member(group, memberId);
    if (epoch == INITIAL_EPOCH) {
      return begin(connection, member);
    }
    OfConnection ours = (OfConnection) connection.shareSessions();
    ShareSession session = ours == null ? null : ours.sessions.get(member);
    if (ours == null || session == null) {
      return new Entry(null, Errors.SHARE_SESSION_NOT_FOUND);
    }
    if (epoch == FINAL_EPOCH) {
      ours.sessions.remove(member);
      count.decrementAndGet();
      return new Entry(session, Errors.NONE);
    }
    if (epoch != session.nextEpoch()) {
      return new Entry(null, Errors.INVALID_SHARE_SESSION_EPOCH);
    }
    session.advance();
    return new Entry(session, Errors.NONE);
  }

  private Entry begin(Connection connection, Member member) {
    OfConnection ours = (OfConnection) connection.shareSessions();
    if (ours == null) {
      ours = new OfConnection();
      connection.shareSessions(ours);
    }
    ShareSession before = ours.sessions.remove(member);
    if (before != null) {
      count.decrementAndGet();
      List<CompletionStage<Void>> unused = before.release(shares);
    }
    if (count.incrementAndGet() > shares.maxSessions()) {
      count.decrementAndGet();
      return new Entry(null, Errors.SHARE_SESSION_LIMIT_REACHED);
    }
    ShareSession begun = new ShareSession(member.group(), lastOwner.incrementAndGet());
    ours.sessions.put(member, begun);
    return new Entry(begun, Errors.NONE);
  }
}
