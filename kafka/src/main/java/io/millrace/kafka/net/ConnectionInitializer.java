package io.millrace.kafka.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;

/** Turns an accepted socket into a {@link Connection}, or closes it when there are too many. */
public final class ConnectionInitializer extends ChannelInitializer<Channel> {

  private final ApiTable apis;
  private final ConnectionLimits limits;
  private final InFlightBudget budget;
  private final KafkaMetrics metrics;

  /** For connections that share a budget, and are counted together. */
  public ConnectionInitializer(
      ApiTable apis, ConnectionLimits limits, InFlightBudget budget, KafkaMetrics metrics) {
    this.apis = apis;
    this.limits = limits;
    this.budget = budget;
    this.metrics = metrics;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's only way to say where bytes are read to
  protected void initChannel(Channel channel) {
    if (metrics.connections.incrementAndGet() > limits.maxConnections()) {
      metrics.connections.decrementAndGet();
      metrics.connectionsRefused.increment();
      ChannelFuture unused = channel.close();
      return;
    }
    metrics.connectionsAccepted.increment();
    Connection connection = new Connection(channel, apis, limits, budget, metrics);
    channel.config().setRecvByteBufAllocator(connection.readBuffer());
    channel.pipeline().addLast(connection);
  }
}
