package io.millrace.kafka.net;

import io.millrace.broker.security.Authorizer;
import io.millrace.core.tls.ServerTls;
import io.millrace.kafka.quota.ConnectionQuotas;
import io.millrace.kafka.quota.QuotaAccounts;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Turns an accepted socket into a {@link Connection}, or closes it when there are too many; when
 * they come too fast, no more are accepted for a while.
 */
public final class ConnectionInitializer extends ChannelInitializer<Channel> {

  private static final int MOST_READ_AT_ONCE_BYTES = 64 * 1024;

  private final Listener listener;
  private final ApiTable apis;
  private final ConnectionLimits limits;
  private final Authorizer authorizer;
  private final ConnectionQuotas connectionQuotas;
  private final AcceptPause pause = new AcceptPause();
  private final QuotaAccounts quotas;
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
      ConnectionQuotas connectionQuotas,
      QuotaAccounts quotas,
      InFlightBudget budget,
      KafkaMetrics metrics,
      ChannelGroup connections) {
    this.listener = listener;
    this.apis = apis;
    this.limits = limits;
    this.authorizer = authorizer;
    this.connectionQuotas = connectionQuotas;
    this.quotas = quotas;
    this.budget = budget;
    this.metrics = metrics;
    this.connections = connections;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's only way to say where bytes are read to
  protected void initChannel(Channel channel) {
    InetAddress address =
        channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
    int pauseMillis = connectionQuotas.pauseMillis(listener.name());
    if (pauseMillis > 0) {
      pause.pause(channel.parent(), pauseMillis);
    }
    if (!connectionQuotas.tryOpen(listener.name(), address)) {
      metrics.connectionsRefused.increment();
      ChannelFuture unused = channel.close();
      return;
    }
    ChannelFuture unusedEnd =
        channel
            .closeFuture()
            .addListener(closed -> connectionQuotas.closed(listener.name(), address));
    metrics.connections.incrementAndGet();
    connections.add(channel);
    int throttleMillis = address == null ? 0 : quotas.connectionFrom(address.getHostAddress());
    if (throttleMillis > 0) {
      closeAfter(channel, throttleMillis);
      return;
    }
    metrics.connectionsAccepted.increment();
    Connection connection =
        new Connection(channel, listener, apis, limits, authorizer, quotas, budget, metrics);
    ServerTls tls = listener.tls();
    if (tls == null) {
      channel.config().setRecvByteBufAllocator(connection.readBuffer());
    } else {
      channel
          .config()
          .setRecvByteBufAllocator(
              new AdaptiveRecvByteBufAllocator(1024, 4096, MOST_READ_AT_ONCE_BYTES));
      SslHandler handler = new SslHandler(tls.newEngine());
      handler.setHandshakeTimeoutMillis(limits.arrivalTimeout().toMillis());
      channel.pipeline().addLast(handler);
      channel.pipeline().addLast(new TlsHandshake(connection.authentication(), metrics));
      channel.pipeline().addLast(new ChunkedWriteHandler());
    }
    channel.pipeline().addLast(connection);
  }

  /** A client that comes too often waits for its end, so that it does not come still more often. */
  private void closeAfter(Channel channel, int millis) {
    channel.config().setAutoRead(false);
    ChannelFuture unused =
        channel.closeFuture().addListener(closed -> metrics.connections.decrementAndGet());
    ScheduledFuture<?> unusedEnd =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  ChannelFuture unusedClose = channel.close();
                },
                millis,
                TimeUnit.MILLISECONDS);
  }
}
