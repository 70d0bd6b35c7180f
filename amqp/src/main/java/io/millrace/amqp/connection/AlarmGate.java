package io.millrace.amqp.connection;

import io.millrace.amqp.wire.FieldWriter;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.broker.resource.ResourceAlarms;
import io.netty.buffer.ByteBuf;
import java.time.Duration;

/**
 * Keeps a connection that publishes waiting while memory or disk run out: it is told so, if it can
 * be, and not read until it is over. Confined to the event loop.
 */
final class AlarmGate {

  private static final Duration CHECK = Duration.ofMillis(50);

  private final SocketPeer peer;
  private final Session session;
  private final ResourceAlarms alarms;
  private final AmqpMetrics metrics;

  AlarmGate(SocketPeer peer, Session session, ResourceAlarms alarms, AmqpMetrics metrics) {
    this.peer = peer;
    this.session = session;
    this.alarms = alarms;
    this.metrics = metrics;
  }

  /** The connection has published. */
  void published() {
    if (alarms.isRaised() && !peer.isBlocked()) {
      block();
    }
  }

  private void block() {
    metrics.blocked.increment();
    peer.block(true);
    if (isTold()) {
      ByteBuf out = peer.out();
      int frame = Frames.method(out, 0, Methods.CONNECTION_BLOCKED);
      FieldWriter.shortText(out, alarms.reason());
      Frames.end(out, frame);
    }
    peer.after(CHECK, this::unblock);
  }

  private void unblock() {
    if (alarms.isRaised() && !peer.isClosed()) {
      peer.after(CHECK, this::unblock);
      return;
    }
    peer.block(false);
    if (isTold()) {
      Frames.emptyMethod(peer.out(), 0, Methods.CONNECTION_UNBLOCKED);
    }
  }

  private boolean isTold() {
    return session.handshake().knowsBlocked() && session.isOpen();
  }
}
