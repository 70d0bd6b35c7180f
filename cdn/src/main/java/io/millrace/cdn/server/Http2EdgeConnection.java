package io.millrace.cdn.server;

import io.millrace.cdn.http2.FieldBlock;
import io.millrace.cdn.http2.FrameBudget;
import io.millrace.cdn.http2.GuardedFrameReader;
import io.millrace.cdn.http2.Http2Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
  private final Http2Connection.PropertyKey key;
  private final FieldBlock head = new FieldBlock();
  private @Nullable ChannelHandlerContext context;
  private boolean inRead;
  private boolean failed;
  private long idleSinceNanos;

  private Http2EdgeConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      FrameBudget budget,
      EdgeContext edge,
      LoopConnections siblings,
      Channel channel,
      boolean secure) {
    super(decoder, encoder, settings);
    this.edge = edge;
    this.siblings = siblings;
    this.channel = channel;
    this.secure = secure;
    this.budget = budget;
    this.key = connection().newKey();
    this.idleSinceNanos = edge.clock().nanos();
    this.client =
        new ClientOutput(
            channel, edge.figures(), edge.limits().writeTimeout().toNanos(), idleSinceNanos);
    decoder.frameListener(new Requests());
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
    Http2Limits limits = edge.http2();
    DefaultHttp2Connection connection = new DefaultHttp2Connection(true, 0);
    DefaultHttp2RemoteFlowController windows =
        new DefaultHttp2RemoteFlowController(
            connection, new UniformStreamByteDistributor(connection));
    connection.remote().flowController(windows);
    // From the first frame on: the codec waits for the client to acknowledge our settings, and who
    // never does would be bounded by nothing.
    connection.remote().maxActiveStreams(limits.maxStreams());
    FrameBudget budget = new FrameBudget(limits, edge.clock());
    // Fields count 32 bytes more here than their text (RFC 9113, section 6.5.2).
    long fieldBytes = edge.limits().head().headBytes() + 32L * edge.limits().head().fieldLines();
    Writer writer = new Writer();
    DefaultHttp2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, writer);
    DefaultHttp2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection, encoder, new GuardedFrameReader(fieldBytes, budget));
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(limits.maxStreams())
            .initialWindowSize(limits.streamWindowBytes())
            .maxHeaderListSize(fieldBytes);
    Http2EdgeConnection made =
        new Http2EdgeConnection(
            decoder, encoder, settings, budget, edge, siblings, channel, secure);
    writer.connection = made;
    return made;
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

  private ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("the connection is not open yet");
    }
    return ctx;
  }

  private @Nullable Http2ClientStream of(Http2Stream stream) {
    return stream.getProperty(key);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
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
    inRead = true;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    inRead = false;
    super.channelReadComplete(ctx);
  }

  /** What comes of streams, behind what the codec has checked. */
  private final class Requests extends Http2FrameAdapter {

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean ended)
        throws Http2Exception {
      Http2Stream stream = connection().stream(streamId);
      Http2ClientStream open = of(stream);
      if (open != null) {
        open.onTrailers();
        return;
      }
      Http2ClientStream began = new Http2ClientStream(Http2EdgeConnection.this, edge, stream);
      stream.setProperty(key, began);
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
      Http2ClientStream open = of(connection().stream(streamId));
      int taken = open == null ? data.readableBytes() : open.onData(data, ended);
      return taken + padding;
    }
  }

  private final class Ends extends Http2ConnectionAdapter {

    @Override
    public void onStreamClosed(Http2Stream stream) {
      Http2ClientStream closed = of(stream);
      if (closed != null) {
        closed.gone();
      }
      idleSinceNanos = edge.clock().nanos();
    }
  }

  // ---- writing ----

  /** Tells each stream what of its data has gone out. */
  private static final class Writer extends DefaultHttp2FrameWriter {

    private @Nullable Http2EdgeConnection connection;

    Writer() {
      super(new FieldBlock.Encoder());
    }

    @Override
    public ChannelFuture writeData(
        ChannelHandlerContext ctx,
        int streamId,
        ByteBuf data,
        int padding,
        boolean endStream,
        ChannelPromise promise) {
      Http2EdgeConnection to = connection;
      Http2Stream stream = to == null ? null : to.connection().stream(streamId);
      if (to != null && stream != null) {
        to.edge.figures().bytesSent.add(data.readableBytes() + Http2CodecUtil.FRAME_HEADER_LENGTH);
        Http2ClientStream own = to.of(stream);
        if (own != null) {
          own.progressed();
        }
      }
      return super.writeData(ctx, streamId, data, padding, endStream, promise);
    }
  }

  ByteBuf buffer(int bytes) {
    return context().alloc().buffer(bytes);
  }

  /** Sends a head, and owns its block from here on. */
  void writeHead(Http2Stream stream, int status, ByteBuf block, boolean last) {
    try {
      if (mayWrite(stream)) {
        edge.figures().bytesSent.add(block.readableBytes() + Http2CodecUtil.FRAME_HEADER_LENGTH);
        ChannelFuture written =
            encoder()
                .writeHeaders(
                    context(),
                    stream.id(),
                    head.of(status, block),
                    0,
                    last,
                    context().newPromise());
        if (last) {
          afterLast(stream, written);
        }
      }
    } finally {
      block.release();
    }
  }

  /** Sends a piece of a body, and owns it from here on. */
  void write(Http2Stream stream, ByteBuf piece) {
    if (mayWrite(stream)) {
      var unused =
          encoder().writeData(context(), stream.id(), piece, 0, false, context().newPromise());
    } else {
      piece.release();
    }
  }

  /** Sends the last piece of a body, which may be empty. */
  void writeLast(Http2Stream stream, ByteBuf piece) {
    if (mayWrite(stream)) {
      afterLast(
          stream,
          encoder().writeData(context(), stream.id(), piece, 0, true, context().newPromise()));
    } else {
      piece.release();
    }
  }

  private static boolean mayWrite(Http2Stream stream) {
    return switch (stream.state()) {
      case OPEN, HALF_CLOSED_REMOTE -> true;
      default -> false;
    };
  }

  /** RFC 9113, section 8.1: who has answered need not hear the request out. */
  private void afterLast(Http2Stream stream, ChannelFuture written) {
    Http2ClientStream own = of(stream);
    if (own == null || own.isRequestRead()) {
      return;
    }
    written.addListener(
        sent -> {
          if (sent.isSuccess() && !own.isRequestRead()) {
            reset(stream, Http2Error.NO_ERROR);
          }
        });
  }

  /** Ends a stream at once. */
  void reset(Http2Stream stream, Http2Error why) {
    var unused = resetStream(context(), stream.id(), why.code(), context().newPromise());
    flushSoon();
  }

  /** Sends what was written, at once or with the end of the read that is under way. */
  void flushSoon() {
    if (!inRead) {
      flush(context());
    }
  }

  boolean isWritable(Http2Stream stream) {
    return connection().remote().flowController().isWritable(stream);
  }

  /** Whether data waits for the client to open a window. */
  boolean hasUnsent(Http2Stream stream) {
    return connection().remote().flowController().hasFlowControlled(stream);
  }

  /** The client may send this many bytes more. */
  void consumed(Http2Stream stream, int bytes) {
    if (bytes == 0) {
      return;
    }
    try {
      if (connection().local().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  private void writabilityChanged(Http2Stream stream) {
    Http2ClientStream own = of(stream);
    if (own != null && isWritable(stream)) {
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
    try {
      connection()
          .forEachActiveStream(
              stream -> {
                Http2ClientStream own = of(stream);
                if (own != null) {
                  own.check(now);
                }
                return true;
              });
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  /** GOAWAY, and the end once all streams that had begun are answered. */
  @Override
  public void drain(Duration most) {
    gracefulShutdownTimeoutMillis(most.toMillis());
    try {
      connection()
          .forEachActiveStream(
              stream -> {
                Http2ClientStream own = of(stream);
                if (own != null) {
                  own.drain();
                }
                return true;
              });
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
    var unused = channel.close();
  }

  @Override
  public void drop() {
    // Past this handler, which would wait for streams to end.
    var unused = context().close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    siblings.remove(this);
    super.channelInactive(ctx);
  }
}
