package io.millrace.amqp.connection;

import io.millrace.amqp.auth.Authenticator;
import io.millrace.amqp.channel.ReplyTargets;
import io.millrace.broker.queue.Messaging;

/**
 * What all connections of a server share.
 *
 * @param authenticator finds out who a client is
 * @param messaging the virtual hosts
 * @param replies where answers to requests go
 * @param usage of users and virtual hosts
 * @param limits of each connection
 * @param metrics of all of them
 */
public record ConnectionServices(
    Authenticator authenticator,
    Messaging messaging,
    ReplyTargets replies,
    ConnectionUsage usage,
    ConnectionLimits limits,
    AmqpMetrics metrics) {

  /** With nothing counted yet. */
  public static ConnectionServices of(
      Authenticator authenticator,
      Messaging messaging,
      ConnectionLimits limits,
      AmqpMetrics metrics) {
    return new ConnectionServices(
        authenticator, messaging, new ReplyTargets(), new ConnectionUsage(), limits, metrics);
  }
}
