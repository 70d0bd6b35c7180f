package io.millrace.cdn.server;

import io.millrace.cdn.http2.FrameBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/2 connection (RFC 9113): Netty's codec does frames, states and windows; each
 * stream is a {@link Http2ClientStream}. While the client reads too slowly, nothing more is read
 * from it, so what it can have queued here is bounded by the socket's buffer and its windows.
 */
final class Http2EdgeConnection extends Http2ConnectionHandler implements LoopConnection {

  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final int MAX_REASON = 128;

  private final EdgeContext edge;
  private final LoopConnections siblings;
  private final Channel channel;
  private final boolean secure;
  private final ClientOutput client;
  private final FrameBudget budget;
  private final Http2ClientStreams streams;
  private @Nullable Http2Output output;
  private boolean failed;
  private long idleSinceNanos;

  private Http2EdgeConnection(
      Http2Codec codec,
      EdgeContext edge,
      LoopConnections siblings,
      Channel channel,
      boolean secure) {
    super(codec.decoder(), codec.encoder(), codec.settings());
    this.edge = edge;
    this.siblings = siblings;
    this.channel = channel;
    this.secure = secure;
    this.budget = codec.budget();
    this.streams = codec.streams();
    this.idleSinceNanos = edge.clock().nanos();
    this.client =
        new ClientOutput(
            channel, edge.figures(), edge.limits().writeTimeout().toNanos(), idleSinceNanos);
    codec.decoder().frameListener(new Requests());
    connection().addListener(new Ends());
    connection().remote().flowController().listener(this::writabilityChanged);
  }

  /**
   * For a connection that has just turned out to speak HTTP/2.
   *
   * @param secure whether it runs over TLS
   */
  static Http2EdgeConnection on(
      Channel channel, EdgeContext edge, LoopConnections siblings, boolean secure) {
    return new Http2EdgeConnection(Http2Codec.of(edge), edge, siblings, channel, secure);
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  boolean isSecure() {
    return secure;
  }

  String clientAddress() {
    return ClientOutput.addressOf(channel);
  }

  private Http2Output output() {
    Http2Output out = output;
    if (out == null) {
      throw new IllegalStateException("the connection is not open yet");
    }
    return out;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    output = new Http2Output(this, ctx, streams, edge, secure);
    siblings.add(this);
    edge.figures().http2Connections.increment();
    super.handlerAdded(ctx);
    int more = edge.http2().connectionWindowBytes() - Http2CodecUtil.DEFAULT_WINDOW_SIZE;
    if (more > 0) {
      connection()
          .local()
          .flowController()
          .incrementWindowSize(connection().connectionStream(), more);
    }
  }

  // ---- reading ----

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (failed) {
      ReferenceCountUtil.release(message);
      return;
    }
    output().readBegins();
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    output().readEnds();
    super.channelReadComplete(ctx);
  }

  /** What comes of streams, behind what the codec has checked. */
  private final class Requests extends Http2FrameAdapter {

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean ended)
        throws Http2Exception {
      Http2Stream stream = connection().stream(streamId);
      Http2ClientStream open = streams.of(stream);
      if (open != null) {
        open.onTrailers();
        return;
      }
      Http2ClientStream began =
          new Http2ClientStream(Http2EdgeConnection.this, output(), edge, stream);
      streams.add(stream, began);
      began.begin(headers, ended);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int streamDependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean ended)
        throws Http2Exception {
      onHeadersRead(ctx, streamId, headers, padding, ended);
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean ended) {
      Http2ClientStream open = streams.of(connection().stream(streamId));
      int taken = open == null ? data.readableBytes() : open.onData(data, ended);
      return taken + padding;
    }
  }

  private final class Ends extends Http2ConnectionAdapter {

    @Override
    public void onStreamClosed(Http2Stream stream) {
      Http2ClientStream closed = streams.of(stream);
      if (closed != null) {
        closed.gone();
      }
      idleSinceNanos = edge.clock().nanos();
    }
  }

  // ---- writing ----

  private void writabilityChanged(Http2Stream stream) {
    Http2ClientStream own = streams.of(stream);
    if (own != null && output().isWritable(stream)) {
      own.writable();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    boolean writable = channel.isWritable();
    if (channel.config().isAutoRead() != writable) {
      channel.config().setAutoRead(writable);
    }
    super.channelWritabilityChanged(ctx);
  }

  // ---- errors, time, and the end ----

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    edge.figures().refused.increment();
    super.onStreamError(ctx, outbound, cause, error);
    try {
      // The client can make us reset its streams as well as reset them itself.
      budget.countReset();
    } catch (Http2Exception e) {
      onError(ctx, outbound, e);
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (failed) {
      return;
    }
    edge.figures().refused.increment();
    failed = true;
    if (error != null && error.error() == Http2Error.ENHANCE_YOUR_CALM) {
      edge.figures().http2Floods.increment();
    }
    int last = connection().remote().lastStreamCreated();
    Http2Error why = error == null ? Http2Error.INTERNAL_ERROR : error.error();
    ByteBuf said = ByteBufUtil.writeAscii(ctx.alloc(), error == null ? "" : message(error));
    var unused = goAway(ctx, last, why.code(), said, ctx.newPromise());
    ctx.flush();
    // What the client still sends is dropped for a moment: a reset would take GOAWAY from it.
    var unusedEnd = ctx.executor().schedule(this::drop, LINGER.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static String message(Http2Exception error) {
    String message = String.valueOf(error.getMessage());
    return message.length() > MAX_REASON ? message.substring(0, MAX_REASON) : message;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(ctx, cause);
    } else {
      drop();
    }
  }

  @Override
  public void check(long now) {
    if (client.isStuck(now)) {
      edge.figures().tooSlow.increment();
      drop();
      return;
    }
    if (connection().numActiveStreams() == 0) {
      if (now - idleSinceNanos > edge.limits().idleTimeout().toNanos()) {
        gracefulShutdownTimeoutMillis(0);
        var unused = channel.close();
      }
      return;
    }
    forEachStream(stream -> stream.check(now));
  }

  private void forEachStream(Consumer<Http2ClientStream> what) {
    try {
      streams.forEach(what);
    } catch (Http2Exception e) {
      onError(output().context(), true, e);
    }
  }

  /** GOAWAY, and the end once all streams that had begun are answered. */
  @Override
  public void drain(Duration most) {
    gracefulShutdownTimeoutMillis(most.toMillis());
    forEachStream(Http2ClientStream::drain);
    var unused = channel.close();
  }

  @Override
  public void drop() {
    // Past this handler, which would wait for streams to end.
    var unused = output().context().close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    siblings.remove(this);
    super.channelInactive(ctx);
  }
}
