package io.millrace.kafka.net;

import io.millrace.broker.security.Authorizer;
import io.millrace.kafka.tls.ServerTls;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.stream.ChunkedWriteHandler;

/** Turns an accepted socket into a {@link Connection}, or closes it when there are too many. */
public final class ConnectionInitializer extends ChannelInitializer<Channel> {

  private static final int MOST_READ_AT_ONCE_BYTES = 64 * 1024;

  private final Listener listener;
  private final ApiTable apis;
  private final ConnectionLimits limits;
  private final Authorizer authorizer;
  private final InFlightBudget budget;
  private final KafkaMetrics metrics;
  private final ChannelGroup connections;

  /**
   * For connections through a port that share a budget, and are counted together.
   *
   * @param connections gets all that are open, to be closed with the server
   */
  public ConnectionInitializer(
      Listener listener,
      ApiTable apis,
      ConnectionLimits limits,
      Authorizer authorizer,
      InFlightBudget budget,
      KafkaMetrics metrics,
      ChannelGroup connections) {
    this.listener = listener;
    this.apis = apis;
    this.limits = limits;
    this.authorizer = authorizer;
    this.budget = budget;
    this.metrics = metrics;
    this.connections = connections;
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
    connections.add(channel);
    Connection connection =
        new Connection(channel, listener, apis, limits, authorizer, budget, metrics);
    ServerTls tls = listener.tls();
    if (tls == null) {
      channel.config().setRecvByteBufAllocator(connection.readBuffer());
    } else {
      channel
          .config()
          .setRecvByteBufAllocator(
              new AdaptiveRecvByteBufAllocator(1024, 4096, MOST_READ_AT_ONCE_BYTES));
      channel.pipeline().addLast(tls.newHandler(channel.alloc(), limits.arrivalTimeout()));
      channel.pipeline().addLast(new ChunkedWriteHandler());
    }
    channel.pipeline().addLast(connection);
  }
}
