package io.millrace.broker.group;

import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import io.millrace.core.Timer;
import io.millrace.core.Timer.Timeout;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Time for one shard: which member was heard of when, and what is to happen later. Confined to the
 * shard's mailbox, into which it brings the timer's tasks.
 *
 * <p>A heartbeat only moves a member's deadline; its timer looks at the deadline when it runs, and
 * is set anew. So heartbeats cost the timer nothing.
 */
final class Deadlines {

  /** A new member cannot send heartbeats before its first generation, so it is given longer. */
  private static final Duration NEW_MEMBER_PATIENCE = Duration.ofMinutes(5);

  private final Clock clock;
  private final Timer timer;
  private final Mailbox mailbox;
  private @Nullable Expiry expiry;

  /** Told when a member has been silent for too long. */
  interface Expiry {
    void expired(Group group, Member member);
  }

  Deadlines(Clock clock, Timer timer, Mailbox mailbox) {
    this.clock = clock;
    this.timer = timer;
    this.mailbox = mailbox;
  }

  void onExpiry(Expiry listener) {
    expiry = listener;
  }

  long nowNanos() {
    return clock.nanos();
  }

  long nowMillis() {
    return clock.millis();
  }

  /** Runs a task in the mailbox later. */
  Timeout after(Duration delay, Runnable task) {
    return timer.after(delay, () -> mailbox.execute(task));
  }

  /** A member is alive: its session begins anew. */
  void heardOf(Group group, Member member) {
    Duration patience = member.isNew ? NEW_MEMBER_PATIENCE : member.sessionTimeout;
    member.deadlineNanos = clock.nanos() + patience.toNanos();
    if (member.timer == null || member.timerNanos - member.deadlineNanos > 0) {
      schedule(group, member);
    }
  }

  /** A member has gone: its timer with it. */
  void forget(Member member) {
    if (member.timer != null) {
      member.timer.cancel();
      member.timer = null;
    }
  }

  private void schedule(Group group, Member member) {
    forget(member);
    member.timerNanos = member.deadlineNanos;
    member.timer =
        after(
            Duration.ofNanos(Math.max(0, member.deadlineNanos - clock.nanos())),
            () -> look(group, member));
  }

  private void look(Group group, Member member) {
    if (group.member(member.id) != member || member.timer == null) {
      return;
    }
    forget(member);
    if (!member.isNew && member.isWaiting()) {
      // We owe it an answer, it owes us nothing.
      heardOf(group, member);
    } else if (member.deadlineNanos - clock.nanos() > 0) {
      schedule(group, member);
    } else if (expiry != null) {
      expiry.expired(group, member);
    }
  }
}
