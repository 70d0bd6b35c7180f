package io.millrace.kafka.net;

import io.millrace.broker.security.Principal;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the end of a connection's TLS handshake: takes over who the client's certificate says
 * it is, or closes the connection.
 */
final class TlsHandshake extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(TlsHandshake.class);

  private final Authentication authentication;
  private final KafkaMetrics metrics;

  TlsHandshake(Authentication authentication, KafkaMetrics metrics) {
    this.authentication = authentication;
    this.metrics = metrics;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        Principal subject = ClientSubject.of(context.pipeline().get(SslHandler.class));
        if (subject != null) {
          authentication.certified(subject);
        }
      } else {
        metrics.failedHandshakes.increment();
        LOG.debug(
            "No TLS with {}: {}",
            context.channel().remoteAddress(),
            handshake.cause().getMessage());
        ChannelFuture unused = context.channel().close();
      }
    }
    super.userEventTriggered(context, event);
  }
}
