package io.millrace.amqp.connection;

import io.millrace.amqp.auth.Authenticator;
import io.millrace.amqp.channel.ReplyTargets;
import io.millrace.broker.queue.Messaging;
import io.millrace.core.Clock;

/**
 * What all connections of a server share.
 *
 * @param authenticator finds out who a client is
 * @param messaging the virtual hosts
 * @param replies where answers to requests go
 * @param usage of users and virtual hosts
 * @param limits of each connection
 * @param metrics of all of them
 * @param open those that are open, to be looked at
 */
public record ConnectionServices(
    Authenticator authenticator,
    Messaging messaging,
    ReplyTargets replies,
    ConnectionUsage usage,
    ConnectionLimits limits,
    AmqpMetrics metrics,
    OpenConnections open,
    Clock clock) {

  /** With nothing counted yet. */
  public static ConnectionServices of(
      Authenticator authenticator,
      Messaging messaging,
      ConnectionLimits limits,
      AmqpMetrics metrics,
      Clock clock) {
    return new ConnectionServices(
        authenticator,
        messaging,
        new ReplyTargets(),
        new ConnectionUsage(),
        limits,
        metrics,
        new OpenConnections(),
        clock);
  }
}
