package io.millrace.amqp.connection;

import io.millrace.amqp.auth.CertificateLogin;
import io.millrace.core.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/** Turns an accepted socket into a connection, or closes it when there are too many. */
public final class ConnectionInitializer extends ChannelInitializer<Channel> {

  private final ConnectionServices services;
  private final ChannelGroup connections;
  private final @Nullable ServerTls tls;
  private final CertificateLogin certificateLogin;

  /**
   * For connections through a port.
   *
   * @param connections gets all that are open, to be closed with the server
   * @param tls null for a port in the clear
   * @param certificateLogin which part of a client's certificate names the user
   */
  public ConnectionInitializer(
      ConnectionServices services,
      ChannelGroup connections,
      @Nullable ServerTls tls,
      CertificateLogin certificateLogin) {
    this.services = services;
    this.connections = connections;
    this.tls = tls;
    this.certificateLogin = certificateLogin;
  }

  @Override
  protected void initChannel(Channel channel) {
    AmqpMetrics metrics = services.metrics();
    if (metrics.connections.incrementAndGet() > services.limits().maxConnections()) {
      metrics.connections.decrementAndGet();
      metrics.refused.increment();
      ChannelFuture unused = channel.close();
      return;
    }
    metrics.accepted.increment();
    connections.add(channel);
    ServerTls encrypted = tls;
    if (encrypted != null) {
      SslHandler handler = new SslHandler(encrypted.newEngine());
      handler.setHandshakeTimeoutMillis(services.limits().handshakeTimeout().toMillis());
      channel.pipeline().addLast(handler);
    }
    channel.pipeline().addLast(new Connection(services, certificateLogin));
  }
}
