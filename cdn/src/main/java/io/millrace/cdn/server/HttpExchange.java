package io.millrace.cdn.server;

import io.millrace.cdn.cache.Exchange;
import io.millrace.cdn.cache.Outcome;
import io.millrace.cdn.cache.StoredResponse;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.EventSource;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.store.Body;
import io.millrace.cdn.store.DiskBody;
import io.millrace.cdn.store.MemoryBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Once answered, or once its client is gone, calls from an origin that
 * comes too late have no effect.
 */
final class HttpExchange implements Exchange {

  /** Bodies up to this size go out together with their head. */
  private static final int JOINED_BYTES = 16 * 1024;

  private static final int PIECE_BYTES = 64 * 1024;
  private static final int REGION_BYTES = 1 << 20;
  private static final byte[] NOTHING = {};

  private final EdgeContext edge;
  private final ClientStream stream;
  private final RequestHead request;
  private final RequestTarget target;
  private final Framing body;

  private boolean answering;
  private boolean over;
  private boolean dropsBody;
  private boolean paused;
  private boolean sending;
  private @Nullable OriginCall call;
  private @Nullable Body rest;
  private long restAt;
  private long restEnd;

  HttpExchange(
      EdgeContext edge,
      ClientStream stream,
      RequestHead request,
      RequestTarget target,
      Framing body) {
    this.edge = edge;
    this.stream = stream;
    this.request = request;
    this.target = target;
    this.body = body;
  }

  @Override
  public RequestHead request() {
    return request;
  }

  @Override
  public RequestTarget target() {
    return target;
  }

  @Override
  public Framing body() {
    return body;
  }

  @Override
  public String clientAddress() {
    return stream.clientAddress();
  }

  @Override
  public EventLoop loop() {
    return stream.loop();
  }

  @Override
  public boolean isOpen() {
    return !answering && !over;
  }

  @Override
  public void reply(StoredResponse response, Outcome outcome, long nowMillis) {
    Body content = response.body();
    if (!isOpen()) {
      content.release();
      return;
    }
    answering = true;
    int joined = content.length() <= JOINED_BYTES ? (int) content.length() : 0;
    HeadWriter head = stream.head(response.encodedHead().length + 192 + joined);
    AnswerEncoder.Part part = AnswerEncoder.stored(response, request, outcome, nowMillis, head);
    if (part.length() == 0) {
      content.release();
      over = true;
      stream.sendWhole(NOTHING, 0, 0);
    } else if (part.length() <= JOINED_BYTES && content instanceof MemoryBody memory) {
      over = true;
      stream.sendWhole(memory.bytes(), (int) part.first(), (int) part.length());
    } else {
      stream.sendHead();
      rest = content;
      restAt = part.first();
      restEnd = part.first() + part.length();
      sendRest();
    }
  }

  /** Sends what is left of a stored body as far as the client takes it. */
  private void sendRest() {
    switch (rest) {
      case MemoryBody memory -> sendRest(memory.bytes());
      case DiskBody disk -> sendRest(disk);
      case null -> {}
    }
  }

  private void sendRest(byte[] content) {
    while (rest != null && restAt < restEnd && stream.isWritable()) {
      int length = (int) Math.min(PIECE_BYTES, restEnd - restAt);
      stream.send(Unpooled.wrappedBuffer(content, (int) restAt, length));
      restAt += length;
      stream.flush();
    }
    finishRest();
  }

  private void sendRest(DiskBody content) {
    if (restAt < restEnd && !sending) {
      long length = Math.min(REGION_BYTES, restEnd - restAt);
      FileRegion region = content.region(restAt, length);
      restAt += length;
      send(region, this::sendRest);
    }
    finishRest();
  }

  private void finishRest() {
    Body content = rest;
    if (content != null && restAt == restEnd && !sending && !over) {
      rest = null;
      content.release();
      finish();
    }
  }

  private void send(FileRegion region, Runnable then) {
    sending = true;
    stream.send(
        region,
        () -> {
          sending = false;
          if (!over) {
            then.run();
          }
        });
  }

  @Override
  public void refuse(HttpError error) {
    if (isOpen()) {
      answering = true;
      over = true;
      byte[] sentence = AnswerEncoder.own(error, edge.clock().millis(), stream.head(512));
      stream.sendWhole(sentence, 0, request.method().equals("HEAD") ? 0 : sentence.length);
    }
  }

  /** Answers a question about the edge as a whole (RFC 9110, section 9.3.7). */
  void replyOptions() {
    answering = true;
    over = true;
    AnswerEncoder.options(edge.clock().millis(), stream.head(256));
    stream.sendWhole(NOTHING, 0, 0);
  }

  /** Sends the client to another place for the same request. */
  void redirect(String location) {
    answering = true;
    over = true;
    AnswerEncoder.redirect(location, edge.clock().millis(), stream.head(256 + location.length()));
    stream.sendWhole(NOTHING, 0, 0);
  }

  /** Answers with a stream of events, which the client follows from here on. */
  void follow(EventSource events) {
    answering = true;
    over = true;
    new EventViewer(edge, stream, events).start(request, target);
  }

  /** The origin speaks another protocol from here on, and both connections become one. */
  void switched(ResponseHead head, Channel upstream, ByteBuf first) {
    if (!isOpen()) {
      first.release();
      var unused = upstream.close();
      return;
    }
    answering = true;
    over = true;
    call = null;
    AnswerEncoder.switched(head, stream.head(512 + head.fields().sizeBytes()));
    stream.sendSwitched(upstream, first);
  }

  @Override
  public void steer(OriginCall own) {
    if (isOpen()) {
      call = own;
    } else {
      own.cancel();
    }
  }

  @Override
  public void sendBodyTo(OriginCall sink) {
    if (isOpen()) {
      stream.sendBodyTo(sink);
    } else {
      sink.cancel();
    }
  }

  @Override
  public void bodyWanted() {
    if (!over) {
      stream.bodyWanted();
    }
  }

  @Override
  public void start(ResponseHead head, Outcome outcome, OriginCall from) {
    if (!isOpen()) {
      from.cancel();
      return;
    }
    answering = true;
    call = from;
    dropsBody = request.method().equals("HEAD") || head.isBodiless();
    AnswerEncoder.passed(
        head,
        request,
        outcome,
        edge.clock().millis(),
        stream.head(512 + head.fields().sizeBytes()));
    stream.sendHead();
  }

  @Override
  public void piece(ByteBuf piece) {
    if (over || dropsBody || !piece.isReadable()) {
      piece.release();
      return;
    }
    stream.send(piece);
    stream.flush();
    if (!stream.isWritable() && call != null && !paused) {
      paused = true;
      call.pause();
    }
  }

  @Override
  public void piece(FileRegion piece) {
    if (over || dropsBody || piece.count() == 0) {
      piece.release();
      return;
    }
    OriginCall from = call;
    if (from != null) {
      from.pause();
    }
    send(
        piece,
        () -> {
          if (call != null) {
            call.resume();
          }
        });
  }

  @Override
  public void end() {
    if (!over) {
      finish();
    }
  }

  @Override
  public void abort() {
    if (!over) {
      over = true;
      call = null;
      stream.abort();
    }
  }

  private void finish() {
    over = true;
    call = null;
    stream.sendEnd();
  }

  /** The client takes bytes again. */
  void writable() {
    if (rest != null) {
      sendRest();
    } else if (call != null && paused) {
      paused = false;
      call.resume();
    }
  }

  /** The client is gone. */
  void gone() {
    over = true;
    Body unsent = rest;
    rest = null;
    if (unsent != null) {
      unsent.release();
    }
    OriginCall running = call;
    call = null;
    if (running != null) {
      running.cancel();
    }
  }
}
