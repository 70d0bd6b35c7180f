package io.millrace.amqp.connection;

import io.millrace.amqp.auth.Users;
import io.millrace.amqp.channel.ReplyTargets;
import io.millrace.broker.queue.Messaging;
import io.millrace.core.Clock;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;

/** Turns an accepted socket into a connection, or closes it when there are too many. */
public final class ConnectionInitializer extends ChannelInitializer<Channel> {

  private final Users users;
  private final Messaging messaging;
  private final ReplyTargets replies = new ReplyTargets();
  private final ConnectionLimits limits;
  private final AmqpMetrics metrics;
  private final ChannelGroup connections;
  private final OpenConnections open;
  private final Clock clock;

  /**
   * For connections that are counted together.
   *
   * @param connections gets all that are open, to be closed with the server
   * @param open gets them too, to be looked at
   */
  public ConnectionInitializer(
      Users users,
      Messaging messaging,
      ConnectionLimits limits,
      AmqpMetrics metrics,
      ChannelGroup connections,
      OpenConnections open,
      Clock clock) {
    this.users = users;
    this.messaging = messaging;
    this.limits = limits;
    this.metrics = metrics;
    this.connections = connections;
    this.open = open;
    this.clock = clock;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (metrics.connections.incrementAndGet() > limits.maxConnections()) {
      metrics.connections.decrementAndGet();
      metrics.refused.increment();
      ChannelFuture unused = channel.close();
      return;
    }
    metrics.accepted.increment();
    connections.add(channel);
    channel
        .pipeline()
        .addLast(new Connection(users, messaging, replies, limits, metrics, open, clock));
  }
}
