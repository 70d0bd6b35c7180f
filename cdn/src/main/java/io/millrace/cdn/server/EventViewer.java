package io.millrace.cdn.server;

import io.millrace.cdn.http.HttpDate;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.origin.EventSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A client that follows a stream of events. What it has not read yet is bounded: beyond that,
 * events are skipped for it, and when it has caught up it gets the latest state instead. One that
 * stays behind too long is dropped.
 */
final class EventViewer implements EventSource.Viewer {

  private static final byte[] HEAD =
      """
      HTTP/1.1 200 OK\r
      Content-Type: text/event-stream\r
      Cache-Control: no-store\r
      X-Accel-Buffering: no\r
      Connection: close\r
      Date:\s"""
          .getBytes(StandardCharsets.US_ASCII);

  private static final String END = "\r\n\r\n";
  private static final byte[] HEARTBEAT = ascii(":\n\n");

  private final EdgeContext edge;
  private final Channel channel;
  private final EventSource events;
  private @Nullable Runnable unsubscribe;
  private boolean behind;
  private long behindSinceNanos;
  private long lastSentNanos;

  EventViewer(EdgeContext edge, Channel channel, EventSource events) {
    this.edge = edge;
    this.channel = channel;
    this.events = events;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  void start(RequestHead head, RequestTarget target) {
    int most = edge.limits().viewerBufferBytes();
    var unused = channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(most / 2, most));
    edge.figures().viewers.increment();
    String allowed = events.allowedOrigin(head.fields().first("origin"));
    String access = allowed == null ? "" : "\r\nAccess-Control-Allow-Origin: " + allowed;
    write(
        Unpooled.wrappedBuffer(HEAD, ascii(HttpDate.format(edge.clock().millis()) + access + END)));
    String last = head.fields().first("last-event-id");
    unsubscribe = events.subscribe(this, last == null ? fromQuery(target.query()) : last);
    flush();
  }

  /** For the first connection of a page that knows from which state it starts. */
  private static @Nullable String fromQuery(@Nullable String query) {
    if (query == null) {
      return null;
    }
    int at = query.startsWith("lastEventId=") ? 0 : query.indexOf("&lastEventId=") + 1;
    if (at == 0 && !query.startsWith("lastEventId=")) {
      return null;
    }
    int end = query.indexOf('&', at);
    return query.substring(at + "lastEventId=".length(), end < 0 ? query.length() : end);
  }

  @Override
  public EventLoop loop() {
    return channel.eventLoop();
  }

  @Override
  public boolean offer(ByteBuf event, int count) {
    if (behind || !channel.isWritable()) {
      event.release();
      edge.figures().eventsSkipped.add(count);
      if (!behind) {
        behind = true;
        behindSinceNanos = edge.clock().nanos();
      }
      return false;
    }
    edge.figures().eventsDelivered.add(count);
    write(event);
    return true;
  }

  private void write(ByteBuf out) {
    edge.figures().bytesSent.add(out.readableBytes());
    lastSentNanos = edge.clock().nanos();
    var unused = channel.write(out, channel.voidPromise());
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public void end() {
    var unused =
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** The client has read enough to be sent something again. */
  void writable() {
    if (behind) {
      behind = false;
      write(events.latest());
      flush();
    }
  }

  void check(long now) {
    EdgeLimits limits = edge.limits();
    if (behind) {
      if (now - behindSinceNanos > limits.viewerPatience().toNanos()) {
        edge.figures().viewersDropped.increment();
        var unused = channel.close();
      }
    } else if (now - lastSentNanos > limits.heartbeat().toNanos()) {
      write(Unpooled.wrappedBuffer(HEARTBEAT));
      flush();
    }
  }

  void gone() {
    edge.figures().viewersGone.increment();
    if (unsubscribe != null) {
      unsubscribe.run();
      unsubscribe = null;
    }
  }
}
