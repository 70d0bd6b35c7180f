package io.millrace.cdn.server;

import io.millrace.cdn.tls.EdgeCertificates;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/** Takes new connections of one port in. */
@ChannelHandler.Sharable
public final class EdgeAcceptor extends ChannelInitializer<Channel> {

  /** A client's first message is about 2 KiB at most, with all that is in use today. */
  private static final int MAX_HELLO_BYTES = 16 * 1024;

  private final EdgeContext edge;
  private final EdgeConnections connections;
  private final @Nullable EdgeCertificates certificates;

  /**
   * For the connections of one port.
   *
   * @param certificates null for a port in plain text
   */
  public EdgeAcceptor(
      EdgeContext edge, EdgeConnections connections, @Nullable EdgeCertificates certificates) {
    this.edge = edge;
    this.connections = connections;
    this.certificates = certificates;
  }

  @Override
  protected void initChannel(Channel channel) {
    edge.figures().connections.increment();
    int open = edge.open().incrementAndGet();
    var unused = channel.closeFuture().addListener(closed -> edge.open().decrementAndGet());
    connections.add(channel);
    EdgeCertificates named = certificates;
    if (named == null) {
      addHttp1(channel, false);
    } else if (open > edge.limits().maxConnections()) {
      // A handshake is the most costly part of a connection: nobody is told by one.
      edge.figures().connectionsRefused.increment();
      var unusedClose = channel.close();
    } else {
      channel.pipeline().addLast(new Handshake(named)).addLast(new Negotiation());
    }
  }

  private void addHttp1(Channel channel, boolean secure) {
    channel
        .pipeline()
        .addLast(new EdgeConnection(edge, connections.of(channel.eventLoop()), channel, secure));
  }

  /** Finds the certificate by the name in the client's first message. */
  private final class Handshake extends SniHandler {

    Handshake(EdgeCertificates certificates) {
      super(
          (name, promise) -> promise.setSuccess(certificates.find(name)),
          MAX_HELLO_BYTES,
          edge.limits().headTimeout().toMillis());
    }

    @Override
    protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
      SslHandler handler = context.newHandler(allocator);
      handler.setHandshakeTimeoutMillis(edge.limits().headTimeout().toMillis());
      handler.setCloseNotifyFlushTimeoutMillis(1000);
      return handler;
    }
  }

  /** Speaks the version of HTTP that the handshake settled (ALPN, RFC 7301). */
  private final class Negotiation extends ApplicationProtocolNegotiationHandler {

    Negotiation() {
      super(ApplicationProtocolNames.HTTP_1_1);
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      edge.figures().handshakes.increment();
      Channel channel = context.channel();
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        channel
            .pipeline()
            .addLast(
                Http2EdgeConnection.on(channel, edge, connections.of(channel.eventLoop()), true));
      } else {
        addHttp1(channel, true);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof SslHandshakeCompletionEvent ended && !ended.isSuccess()) {
        edge.figures().handshakesFailed.increment();
      }
      super.userEventTriggered(context, event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var unused = context.close();
    }
  }
}
