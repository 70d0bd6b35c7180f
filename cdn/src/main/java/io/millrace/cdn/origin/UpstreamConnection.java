package io.millrace.cdn.origin;

import io.millrace.cdn.http.BodyReader;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HeadReader;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ProxyError;
import io.millrace.cdn.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an origin: one call at a time. Its states are idle (no call), waiting for a head
 * (call, no body reader) and reading a body (call and body reader). Bytes that come while idle, or
 * behind a response's end, close it.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {

  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final UpstreamPool pool;
  private final HeadReader heads;
  private @Nullable ChannelHandlerContext context;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private @Nullable UpstreamCall call;
  private @Nullable ResponseHead head;
  private @Nullable BodyReader body;
  private @Nullable ScheduledFuture<?> watch;
  private int answered;
  private boolean anyByte;
  private boolean bodySent;
  private long lastReadNanos;

  UpstreamConnection(UpstreamPool pool) {
    this.pool = pool;
    this.heads = new HeadReader(pool.origin().limits());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("the connection is not open yet");
    }
    return ctx;
  }

  boolean isActive() {
    return context().channel().isActive();
  }

  boolean isWritable() {
    return context().channel().isWritable();
  }

  /** Sends the call's request head; its body follows through the call. */
  void begin(UpstreamCall next) {
    ChannelHandlerContext ctx = context();
    if (next.isOver()) {
      touch();
      watch(ctx);
      pool.release(this);
      return;
    }
    call = next;
    head = null;
    body = null;
    anyByte = false;
    bodySent = next.request().body() instanceof Framing.None;
    touch();
    watch(ctx);
    var unused = ctx.writeAndFlush(requestHead(ctx, next.request()));
    setReading(!next.isPaused());
    next.attached(this);
  }

  private ByteBuf requestHead(ChannelHandlerContext ctx, OriginRequest request) {
    ByteBuf out = ctx.alloc().buffer(512);
    ByteBufUtil.writeAscii(out, request.method());
    out.writeByte(' ');
    ByteBufUtil.writeAscii(out, request.target().pathAndQuery());
    ByteBufUtil.writeAscii(out, " HTTP/1.1\r\nHost: ");
    String hostHeader = pool.origin().settings().hostHeader();
    ByteBufUtil.writeAscii(out, hostHeader == null ? request.target().host() : hostHeader);
    out.writeBytes(CRLF);
    for (int line = 0; line < request.fields().count(); line++) {
      if (!request.fields().named(line, "host")
          && !request.fields().named(line, "content-length")) {
        request.fields().writeLine(line, out);
      }
    }
    if (request.body() instanceof Framing.Length length) {
      ByteBufUtil.writeAscii(out, "Content-Length: " + length.bytes() + "\r\n");
    } else if (request.body() instanceof Framing.Chunked) {
      ByteBufUtil.writeAscii(out, "Transfer-Encoding: chunked\r\n");
    } else if (request.method().equals("POST") || request.method().equals("PUT")) {
      ByteBufUtil.writeAscii(out, "Content-Length: 0\r\n");
    }
    out.writeBytes(CRLF);
    return out;
  }

  void sendBody(ByteBuf piece) {
    ChannelHandlerContext ctx = context();
    UpstreamCall now = call;
    if (now != null && now.request().body() instanceof Framing.Chunked) {
      write(
          ByteBufUtil.writeAscii(ctx.alloc(), Integer.toHexString(piece.readableBytes()) + "\r\n"));
      write(piece);
      write(Unpooled.wrappedBuffer(CRLF));
    } else {
      write(piece);
    }
    ctx.flush();
    touch();
  }

  private void write(ByteBuf out) {
    var unused = context().write(out);
  }

  void endBody() {
    UpstreamCall now = call;
    bodySent = true;
    if (now != null && now.request().body() instanceof Framing.Chunked) {
      write(Unpooled.wrappedBuffer(LAST_CHUNK));
      context().flush();
    }
    touch();
  }

  void setReading(boolean on) {
    touch();
    context().channel().config().setAutoRead(on);
  }

  void close() {
    var unused = context().close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    touch();
    received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), received, in);
    if (call == null) {
      var unused = ctx.close();
      return;
    }
    anyByte = true;
    try {
      decode(ctx);
    } catch (HttpError e) {
      fail(new HttpError(502, ProxyError.HTTP_PROTOCOL_ERROR, e.sentence()));
      var unused = ctx.close();
    }
    if (!received.isReadable()) {
      received.release();
      received = Unpooled.EMPTY_BUFFER;
    }
  }

  private void decode(ChannelHandlerContext ctx) throws HttpError {
    UpstreamCall now = call;
    while (now != null) {
      if (body == null) {
        ResponseHead next = heads.readResponse(received);
        if (next == null) {
          return;
        }
        if (next.status() == 101) {
          throw new HttpError(
              502,
              ProxyError.HTTP_PROTOCOL_ERROR,
              "the origin switches protocols, which nobody asked for");
        }
        if (next.status() < 200) {
          continue;
        }
        head = next;
        body = new BodyReader(Framing.ofResponse(next, now.request().method()));
        now.head(next);
      }
      for (ByteBuf piece = body.next(received); piece != null; piece = body.next(received)) {
        now.body(piece);
      }
      if (!body.isDone()) {
        return;
      }
      finish(ctx);
      now = call;
    }
  }

  /** The response is complete: the connection serves the next call if both sides allow. */
  private void finish(ChannelHandlerContext ctx) {
    UpstreamCall done = call;
    ResponseHead was = head;
    call = null;
    body = null;
    answered++;
    boolean reusable =
        was != null
            && was.http11()
            && !was.fields().hasToken("connection", "close")
            && bodySent
            && !received.isReadable();
    if (done != null) {
      done.end();
    }
    if (reusable && ctx.channel().isActive()) {
      ctx.channel().config().setAutoRead(true);
      pool.release(this);
    } else {
      var unused = ctx.close();
    }
  }

  private void fail(HttpError failure) {
    UpstreamCall failed = call;
    call = null;
    body = null;
    if (failed != null) {
      failed.fail(failure);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (watch != null) {
      watch.cancel(false);
    }
    UpstreamCall now = call;
    if (now != null && body != null && body.endsWithConnection()) {
      call = null;
      now.end();
    } else if (now != null && !anyByte && answered > 0) {
      call = null;
      if (!now.retry()) {
        now.fail(
            new HttpError(
                502, ProxyError.CONNECTION_TERMINATED, "the origin closed the connection"));
      }
    } else {
      fail(
          new HttpError(
              502,
              anyByte ? ProxyError.HTTP_RESPONSE_INCOMPLETE : ProxyError.CONNECTION_TERMINATED,
              "the origin closed the connection before its response was complete"));
    }
    received.release();
    received = Unpooled.EMPTY_BUFFER;
    pool.closed(this);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (call != null && ctx.channel().isWritable()) {
      call.writable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var unused = ctx.close();
  }

  private void touch() {
    lastReadNanos = pool.origin().clock().nanos();
  }

  /** One timer per connection, set anew only when it fires. */
  private void watch(ChannelHandlerContext ctx) {
    if (watch == null) {
      schedule(ctx, allowed());
    }
  }

  private long allowed() {
    HttpOrigin.Settings settings = pool.origin().settings();
    boolean waiting = call != null && body == null;
    return (waiting ? settings.responseTimeout() : settings.idleTimeout()).toNanos();
  }

  /** What is allowed changes with the state, so the timer never sleeps for all of it. */
  private void schedule(ChannelHandlerContext ctx, long nanos) {
    long most = pool.origin().settings().responseTimeout().toNanos() / 4;
    long sleep = Math.max(Math.min(nanos, most), TimeUnit.MILLISECONDS.toNanos(10));
    watch = ctx.executor().schedule(() -> check(ctx), sleep, TimeUnit.NANOSECONDS);
  }

  private void check(ChannelHandlerContext ctx) {
    if (!ctx.channel().isActive()) {
      return;
    }
    UpstreamCall now = call;
    long left = allowed() - (pool.origin().clock().nanos() - lastReadNanos);
    if (left > 0 || (now != null && now.isPaused())) {
      schedule(ctx, Math.max(left, TimeUnit.MILLISECONDS.toNanos(100)));
      return;
    }
    fail(new HttpError(504, ProxyError.HTTP_RESPONSE_TIMEOUT, "the origin did not answer in time"));
    var unused = ctx.close();
  }
}
