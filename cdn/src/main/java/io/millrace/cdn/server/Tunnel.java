package io.millrace.cdn.server;

import io.millrace.core.Clock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;

/**
 * The origin's side of a connection that has switched to another protocol: what comes goes to the
 * client as it is. Neither side is read while the other has too much unsent, so a tunnel holds no
 * more than the write buffers of two sockets. Confined to the loop that both run on.
 */
final class Tunnel extends ChannelInboundHandlerAdapter {

  private static final Duration IDLE = Duration.ofMinutes(10);

  private final Channel upstream;
  private final EdgeConnection connection;
  private final ClientOutput client;
  private final Clock clock;
  private long movedNanos;

  Tunnel(Channel upstream, EdgeConnection connection, ClientOutput client, Clock clock) {
    this.upstream = upstream;
    this.connection = connection;
    this.client = client;
    this.clock = clock;
    this.movedNanos = clock.nanos();
  }

  /** Sends what has come already, and whatever comes. */
  void start(ByteBuf first) {
    upstream.pipeline().addLast(this);
    client.write(first);
    client.flush();
    if (upstream.isActive()) {
      clientWritable();
    } else {
      connection.tunnelEnded();
    }
  }

  /** Takes over what the client has sent. */
  void fromClient(ByteBuf piece) {
    movedNanos = clock.nanos();
    var unused = upstream.writeAndFlush(piece, upstream.voidPromise());
  }

  /** Whether the client is to be read. */
  boolean takesMore() {
    return upstream.isWritable();
  }

  /** Whether nothing has gone either way for too long. */
  boolean isIdle(long now) {
    return now - movedNanos > IDLE.toNanos();
  }

  /** The client takes more, or no more. */
  void clientWritable() {
    upstream.config().setAutoRead(client.isWritable());
  }

  void close() {
    var unused = upstream.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    client.write((ByteBuf) message);
    movedNanos = clock.nanos();
    clientWritable();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    client.flushWritten();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    connection.regulate();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    connection.tunnelEnded();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    close();
  }
}
