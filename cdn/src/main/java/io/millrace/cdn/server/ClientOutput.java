package io.millrace.cdn.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.InetSocketAddress;

/**
 * What goes to a connection's client: counted, flushed when somebody says so, and watched for a
 * client that has stopped to take it. Confined to the connection's loop.
 */
final class ClientOutput {

  private final Channel channel;
  private final EdgeFigures figures;
  private final long timeoutNanos;
  private boolean unflushed;
  private long lastPending;
  private long lastProgressNanos;

  ClientOutput(Channel channel, EdgeFigures figures, long timeoutNanos, long now) {
    this.channel = channel;
    this.figures = figures;
    this.timeoutNanos = timeoutNanos;
    this.lastProgressNanos = now;
  }

  /** The address of a connection's client, without its port. */
  static String addressOf(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress from && from.getAddress() != null
        ? from.getAddress().getHostAddress()
        : "unknown";
  }

  ByteBuf buffer(int bytes) {
    return channel.alloc().directBuffer(bytes);
  }

  /** Whether the client has little enough unread to be given more. */
  boolean isWritable() {
    return channel.isWritable();
  }

  /** Takes the buffer over; it goes out with the next flush. */
  void write(ByteBuf out) {
    figures.bytesSent.add(out.readableBytes());
    unflushed = true;
    var unused = channel.write(out, channel.voidPromise());
  }

  void flush() {
    unflushed = false;
    channel.flush();
  }

  /** Flushes if anything was written since the last time. */
  void flushWritten() {
    if (unflushed) {
      flush();
    }
  }

  /** Whether bytes have waited for longer than the timeout without the client taking one. */
  boolean isStuck(long now) {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    long bytes = pending == null ? 0 : pending.totalPendingWriteBytes();
    if (bytes == 0 || bytes != lastPending) {
      lastPending = bytes;
      lastProgressNanos = now;
      return false;
    }
    return now - lastProgressNanos > timeoutNanos;
  }
}
