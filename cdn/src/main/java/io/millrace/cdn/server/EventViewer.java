package io.millrace.cdn.server;

import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.origin.EventSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A client that follows a stream of events. What it has not read yet is bounded: beyond that,
 * events are skipped for it, and when it has caught up it gets the latest state instead. One that
 * stays behind too long is dropped.
 */
final class EventViewer implements EventSource.Viewer {

  private static final byte[] HEARTBEAT = ascii(":\n\n");

  private final EdgeContext edge;
  private final ClientStream stream;
  private final EventSource events;
  private @Nullable Runnable unsubscribe;
  private boolean behind;
  private long behindSinceNanos;
  private long lastSentNanos;
  private boolean ended;

  EventViewer(EdgeContext edge, ClientStream stream, EventSource events) {
    this.edge = edge;
    this.stream = stream;
    this.events = events;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  void start(RequestHead head, RequestTarget target) {
    edge.figures().viewers.increment();
    stream.followed(this, edge.limits().viewerBufferBytes());
    AnswerEncoder.events(
        events.allowedOrigin(head.fields().first("origin")),
        edge.clock().millis(),
        stream.head(384));
    stream.sendHead();
    lastSentNanos = edge.clock().nanos();
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
    return stream.loop();
  }

  @Override
  public boolean offer(ByteBuf event, int count) {
    if (ended) {
      event.release();
      return true;
    }
    if (behind || !stream.isWritable()) {
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
    lastSentNanos = edge.clock().nanos();
    stream.send(out);
  }

  @Override
  public void flush() {
    if (!ended) {
      stream.flush();
    }
  }

  @Override
  public void end() {
    if (!ended) {
      ended = true;
      stream.sendEnd();
    }
  }

  /** The client has read enough to be sent something again. */
  void writable() {
    if (behind && !ended) {
      behind = false;
      write(events.latest());
      flush();
    }
  }

  void check(long now) {
    EdgeLimits limits = edge.limits();
    if (ended) {
      return;
    }
    if (behind) {
      if (now - behindSinceNanos > limits.viewerPatience().toNanos()) {
        edge.figures().viewersDropped.increment();
        ended = true;
        stream.abort();
      }
    } else if (now - lastSentNanos > limits.heartbeat().toNanos()) {
      write(Unpooled.wrappedBuffer(HEARTBEAT));
      flush();
    }
  }

  void gone() {
    ended = true;
    edge.figures().viewersGone.increment();
    if (unsubscribe != null) {
      unsubscribe.run();
      unsubscribe = null;
    }
  }
}
