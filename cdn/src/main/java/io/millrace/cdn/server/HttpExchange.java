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
import io.millrace.cdn.store.Body;
import io.millrace.cdn.store.DiskBody;
import io.millrace.cdn.store.MemoryBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
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
  private static final int REGION_BYTES = 1 << 20;
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
  private boolean sending;
  private @Nullable OriginCall call;
  private @Nullable Body rest;
  private long restAt;
  private long restEnd;

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
    Body content = response.body();
    if (!isOpen()) {
      content.release();
      return;
    }
    answering = true;
    int joined = content.length() <= JOINED_BYTES ? (int) content.length() : 0;
    ByteBuf out = client.buffer(response.encodedHead().length + 192 + joined);
    AnswerEncoder.Part part =
        AnswerEncoder.stored(
            response, request, outcome, connection.continuation(request), nowMillis, out);
    if (part.length() <= JOINED_BYTES && content instanceof MemoryBody memory) {
      out.writeBytes(memory.bytes(), (int) part.first(), (int) part.length());
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
    switch (rest) {
      case MemoryBody memory -> sendRest(memory.bytes());
      case DiskBody disk -> sendRest(disk);
      case null -> {}
    }
  }

  private void sendRest(byte[] content) {
    while (rest != null && restAt < restEnd && client.isWritable()) {
      int length = (int) Math.min(PIECE_BYTES, restEnd - restAt);
      client.write(Unpooled.wrappedBuffer(content, (int) restAt, length));
      restAt += length;
      client.flush();
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
    client.send(
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

  @Override
  public void piece(FileRegion piece) {
    if (over || dropsBody || piece.count() == 0) {
      piece.release();
      return;
    }
    if (chunked) {
      client.write(ascii(client.buffer(24), Long.toHexString(piece.count()) + "\r\n"));
    }
    OriginCall from = call;
    if (from != null) {
      from.pause();
    }
    send(
        piece,
        () -> {
          if (chunked) {
            client.write(Unpooled.wrappedBuffer(CRLF));
          }
          if (call != null) {
            call.resume();
          }
        });
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
