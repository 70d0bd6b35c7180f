package io.millrace.cdn.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import org.jspecify.annotations.Nullable;

/**
 * What goes to a connection's client: counted, flushed when somebody says so, and watched for a
 * client that has stopped to take it. Confined to the connection's loop.
 */
final class ClientOutput {

  private final Channel channel;
  private final EdgeFigures figures;
  private final long timeoutNanos;
  private boolean unflushed;
  private @Nullable FileRegion region;
  private long lastPending;
  private long lastProgressNanos;

  ClientOutput(Channel channel, EdgeFigures figures, long timeoutNanos, long now) {
    this.channel = channel;
    this.figures = figures;
    this.timeoutNanos = timeoutNanos;
    this.lastProgressNanos = now;
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

  /**
   * Takes a part of a file over and sends it, after what was written before it. One at a time.
   *
   * @param sent called once all of it is with the socket; not when the connection ends before
   */
  void send(FileRegion part, Runnable sent) {
    figures.bytesSent.add(part.count());
    region = part;
    var unused =
        channel
            .writeAndFlush(part)
            .addListener(
                done -> {
                  region = null;
                  if (done.isSuccess()) {
                    sent.run();
                  }
                });
    unflushed = false;
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
    FileRegion part = region;
    if (part != null) {
      // The channel counts regions as nothing.
      bytes += part.count() - part.transferred();
    }
    if (bytes == 0 || bytes != lastPending) {
      lastPending = bytes;
      lastProgressNanos = now;
      return false;
    }
    return now - lastProgressNanos > timeoutNanos;
  }
}
