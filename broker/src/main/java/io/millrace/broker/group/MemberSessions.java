package io.millrace.broker.group;

import io.millrace.core.Timer.Timeout;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Time for the members of consumer, share or streams groups of one shard: who is silent for too
 * long, and who does not give partitions back. Confined to the shard's mailbox. As in {@link
 * Deadlines}, a heartbeat moves a deadline and touches no timer.
 */
final class MemberSessions {

  private final Deadlines deadlines;
  private final Function<String, Duration> sessionTimeouts;
  private final Map<Key, Session> sessions = new HashMap<>();
  private @Nullable Expiry expiry;

  private record Key(String group, String memberId) {}

  private static final class Session {
    long deadlineNanos;
    @Nullable Timeout timer;
    @Nullable Timeout revocation;
  }

  /** Told when a member has lost its place. */
  interface Expiry {
    void expired(String group, String memberId, String why);
  }

  /**
   * @param sessionTimeouts by group
   */
  MemberSessions(Deadlines deadlines, Function<String, Duration> sessionTimeouts) {
    this.deadlines = deadlines;
    this.sessionTimeouts = sessionTimeouts;
  }

  void onExpiry(Expiry listener) {
    expiry = listener;
  }

  /** A member is alive: its session begins anew. */
  void heardOf(String group, String memberId) {
    Key key = new Key(group, memberId);
    Session session = sessions.computeIfAbsent(key, each -> new Session());
    Duration sessionTimeout = sessionTimeouts.apply(group);
    session.deadlineNanos = deadlines.nowNanos() + sessionTimeout.toNanos();
    if (session.timer == null) {
      session.timer = deadlines.after(sessionTimeout, () -> look(key, session));
    }
  }

  private void look(Key key, Session session) {
    if (sessions.get(key) != session) {
      return;
    }
    long left = session.deadlineNanos - deadlines.nowNanos();
    if (left > 0) {
      session.timer = deadlines.after(Duration.ofNanos(left), () -> look(key, session));
    } else {
      session.timer = null;
      expire(key, "was silent for " + sessionTimeouts.apply(key.group()).toMillis() + " ms");
    }
  }

  /** A member has been told to give partitions back, and has so long to do it. */
  void awaitRevocation(String group, String memberId, Duration patience) {
    Key key = new Key(group, memberId);
    Session session = sessions.computeIfAbsent(key, each -> new Session());
    if (session.revocation == null) {
      session.revocation =
          deadlines.after(
              patience,
              () -> {
                if (sessions.get(key) == session && session.revocation != null) {
                  expire(
                      key, "has not given its partitions back in " + patience.toMillis() + " ms");
                }
              });
    }
  }

  /** A member has given back what it had to. */
  void revoked(String group, String memberId) {
    Session session = sessions.get(new Key(group, memberId));
    if (session != null && session.revocation != null) {
      session.revocation.cancel();
      session.revocation = null;
    }
  }

  /** A member has gone: its timers with it. */
  void forget(String group, String memberId) {
    Session session = sessions.remove(new Key(group, memberId));
    if (session != null) {
      cancel(session);
    }
  }

  /** No timer runs any more. */
  void close() {
    sessions.values().forEach(MemberSessions::cancel);
    sessions.clear();
  }

  private static void cancel(Session session) {
    if (session.timer != null) {
      session.timer.cancel();
    }
    if (session.revocation != null) {
      session.revocation.cancel();
    }
  }

  private void expire(Key key, String why) {
    if (expiry != null) {
      expiry.expired(key.group(), key.memberId(), why);
    }
  }
}
