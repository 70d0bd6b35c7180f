package io.millrace.kafka.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which nothing has moved for too long: a client that is idle, has stopped
 * in the middle of a request, or does not authenticate itself. Time is counted in sweeps of half
 * the shorter limit, so that a request costs an increment and no look at the clock.
 *
 * <p>Confined to the connection's event loop.
 */
final class IdleWatch {

  private final Connection connection;
  private final RequestIntake intake;
  private final AnswerQueue answers;
  private final ConnectionLimits limits;
  private final KafkaMetrics metrics;
  private long activity;
  private long activitySeen;
  private long quietNanos;
  private long ageNanos;

  IdleWatch(
      Connection connection,
      RequestIntake intake,
      AnswerQueue answers,
      ConnectionLimits limits,
      KafkaMetrics metrics) {
    this.connection = connection;
    this.intake = intake;
    this.answers = answers;
    this.limits = limits;
    this.metrics = metrics;
  }

  /** Bytes came in, or an answer went out. */
  void moved() {
    activity++;
  }

  /** Begins to look, on that loop, until the connection is closed. */
  void start(EventLoop loop) {
    long nanos = Math.min(limits.idleTimeout().toNanos(), limits.arrivalTimeout().toNanos()) / 2;
    ScheduledFuture<?> unused =
        loop.schedule(() -> sweep(loop, nanos), nanos, TimeUnit.NANOSECONDS);
  }

  private void sweep(EventLoop loop, long nanos) {
    if (connection.isClosed()) {
      return;
    }
    quietNanos = activity == activitySeen ? quietNanos + nanos : 0;
    activitySeen = activity;
    ageNanos += nanos;
    if (!connection.authentication().isComplete()
        && ageNanos >= limits.arrivalTimeout().toNanos()) {
      connection.closeFor(metrics.closedUnauthenticated, "not authenticated in time");
      return;
    }
    boolean idle = answers.isEmpty() && quietNanos >= limits.idleTimeout().toNanos();
    if (idle || (intake.awaitsRest() && quietNanos >= limits.arrivalTimeout().toNanos())) {
      connection.closeFor(metrics.closedIdle, idle ? "idle" : "a request has stopped half-way");
      return;
    }
    start(loop);
  }
}
