package io.millrace.cdn.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * The origin's side of a connection that has switched to another protocol: what comes goes to the
 * client as it is. Neither side is read while the other has too much unsent, so a tunnel holds no
 * more than the write buffers of two sockets. Confined to the loop that both run on.
 */
final class Tunnel extends ChannelInboundHandlerAdapter {

  private final Channel upstream;
  private final EdgeConnection connection;
  private final ClientOutput client;

  Tunnel(Channel upstream, EdgeConnection connection, ClientOutput client) {
    this.upstream = upstream;
    this.connection = connection;
    this.client = client;
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
    var unused = upstream.writeAndFlush(piece, upstream.voidPromise());
  }

  /** Whether the client is to be read. */
  boolean takesMore() {
    return upstream.isWritable();
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
    connection.tunnelMoved();
    clientWritable();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    client.flushWritten();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    connection.tunnelTakesMore();
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
