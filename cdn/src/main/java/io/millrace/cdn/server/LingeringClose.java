package io.millrace.cdn.server;

import io.millrace.core.Clock;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;

/**
 * The end of a connection whose client is to get what was written: once that is sent, its half is
 * closed, and what still comes is read for a moment by whoever reads the connection. A client that
 * is still sending would else lose the answer to a reset (RFC 9112, section 9.6). Confined to the
 * connection's loop.
 */
final class LingeringClose implements ChannelFutureListener {

  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Channel channel;
  private final Clock clock;
  private boolean sent;
  private long sentNanos;

  LingeringClose(Channel channel, Clock clock) {
    this.channel = channel;
    this.clock = clock;
  }

  void start() {
    var unused = channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this);
  }

  @Override
  public void operationComplete(ChannelFuture written) {
    sent = true;
    sentNanos = clock.nanos();
    if (written.isSuccess() && channel instanceof SocketChannel socket) {
      var unused = socket.shutdownOutput();
    } else {
      var unused = channel.close();
    }
  }

  /** Whether the client has had its moment. */
  boolean isOver(long now) {
    return sent && now - sentNanos > LINGER.toNanos();
  }
}
