package io.millrace.cdn.server;

import io.millrace.cdn.cache.Exchange;
import io.millrace.cdn.cache.Outcome;
import io.millrace.cdn.cache.StoredResponse;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.OriginCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request of a connection and its answer. It outlives neither: once answered, or once its
 * client is gone, calls from an origin that comes too late have no effect.
 */
final class HttpExchange implements Exchange {

  /** Bodies up to this size go out in one buffer with their head. */
  private static final int JOINED_BYTES = 16 * 1024;

  private static final int PIECE_BYTES = 64 * 1024;
  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final EdgeConnection connection;
  private final ClientOutput client;
  private final RequestHead request;
  private final RequestTarget target;
  private final Framing body;

  private boolean answering;
  private boolean over;
  private boolean chunked;
  private boolean dropsBody;
  private boolean paused;
  private @Nullable OriginCall call;
  private byte @Nullable [] rest;
  private int restAt;
  private int restEnd;

  HttpExchange(EdgeConnection connection, RequestHead request, RequestTarget target, Framing body) {
    this.connection = connection;
    this.client = connection.client();
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
    return connection.clientAddress();
  }

  @Override
  public EventLoop loop() {
    return connection.loop();
  }

  @Override
  public boolean isOpen() {
    return !answering && !over;
  }

  @Override
  public void reply(StoredResponse response, Outcome outcome, long nowMillis) {
    if (!isOpen()) {
      return;
    }
    answering = true;
    byte[] content = response.body();
    int joined = content.length <= JOINED_BYTES ? content.length : 0;
    ByteBuf out = client.buffer(response.encodedHead().length + 192 + joined);
    AnswerEncoder.Body part =
        AnswerEncoder.stored(
            response, request, outcome, connection.continuation(request), nowMillis, out);
    if (part.length() <= JOINED_BYTES) {
      out.writeBytes(content, part.first(), part.length());
      client.write(out);
      finish();
    } else {
      client.write(out);
      rest = content;
      restAt = part.first();
      restEnd = part.first() + part.length();
      sendRest();
    }
  }

  /** Sends what is left of a stored body as far as the client takes it. */
  private void sendRest() {
    byte[] content = rest;
    while (content != null && restAt < restEnd && client.isWritable()) {
      int length = Math.min(PIECE_BYTES, restEnd - restAt);
      client.write(Unpooled.wrappedBuffer(content, restAt, length));
      restAt += length;
      client.flush();
    }
    if (content != null && restAt == restEnd && !over) {
      rest = null;
      finish();
    }
  }

  @Override
  public void refuse(HttpError error) {
    if (isOpen()) {
      answering = true;
      ByteBuf out = client.buffer(512);
      AnswerEncoder.own(
          error,
          request.method().equals("HEAD"),
          connection.continuation(request),
          connection.nowMillis(),
          out);
      client.write(out);
      finish();
    }
  }

  /** Answers a question about the edge as a whole (RFC 9110, section 9.3.7). */
  void replyOptions() {
    answering = true;
    ByteBuf out = client.buffer(256);
    AnswerEncoder.options(connection.continuation(request), connection.nowMillis(), out);
    client.write(out);
    finish();
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
      connection.sendBodyTo(sink);
    } else {
      sink.cancel();
    }
  }

  @Override
  public void bodyWanted() {
    if (!over) {
      connection.bodyWanted();
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
    boolean delimited = dropsBody || head.fields().has("content-length") || request.http11();
    if (!delimited) {
      connection.endAfterAnswer();
    }
    ByteBuf out = client.buffer(512 + head.fields().sizeBytes());
    chunked =
        AnswerEncoder.passed(
            head, request, outcome, connection.continuation(request), connection.nowMillis(), out);
    client.write(out);
  }

  @Override
  public void piece(ByteBuf piece) {
    if (over || dropsBody || !piece.isReadable()) {
      piece.release();
      return;
    }
    if (chunked) {
      client.write(ascii(client.buffer(16), Integer.toHexString(piece.readableBytes()) + "\r\n"));
      client.write(piece);
      client.write(Unpooled.wrappedBuffer(CRLF));
    } else {
      client.write(piece);
    }
    client.flush();
    if (!client.isWritable() && call != null && !paused) {
      paused = true;
      call.pause();
    }
  }

  private static ByteBuf ascii(ByteBuf out, String text) {
    ByteBufUtil.writeAscii(out, text);
    return out;
  }

  @Override
  public void end() {
    if (!over) {
      if (chunked) {
        client.write(Unpooled.wrappedBuffer(LAST_CHUNK));
      }
      finish();
    }
  }

  @Override
  public void abort() {
    if (!over) {
      over = true;
      call = null;
      connection.drop();
    }
  }

  private void finish() {
    over = true;
    call = null;
    connection.answered();
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
    rest = null;
    OriginCall running = call;
    call = null;
    if (running != null) {
      running.cancel();
    }
  }
}
