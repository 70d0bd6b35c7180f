package io.millrace.cdn.server;

import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HeadReader;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.origin.OriginCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: reads one request after the other and answers them in order. While one is
 * being answered the next is not parsed, so pipelined requests wait in a buffer of at most {@value
 * #UNREAD_BYTES} bytes, and then in the client's socket.
 *
 * <pre>
 *   READING ── head complete ──→ ANSWERING ── answer complete ──→ READING
 *      │                             │  ├── target is a stream of events ──→ FOLLOWING
 *      │                             │  └── origin switches protocols ───────→ TUNNELLING
 *      └── malformed, too slow ──────┴── framing in doubt, Connection: close ──→ CLOSING
 * </pre>
 *
 * CLOSING sends what is left, then closes its half and drops what still comes for a moment: a
 * client that is still sending would else lose the answer to a reset (RFC 9112, section 9.6).
 */
final class EdgeConnection extends ChannelInboundHandlerAdapter implements LoopConnection {

  private static final int UNREAD_BYTES = 64 * 1024;
  private static final Duration TUNNEL_IDLE = Duration.ofMinutes(10);
  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private enum State {
    READING,
    ANSWERING,
    FOLLOWING,
    TUNNELLING,
    CLOSING
  }

  private final EdgeContext edge;
  private final LoopConnections siblings;
  private final Channel channel;
  private final HeadReader heads;
  private final RequestBody body;
  private final ClientOutput client;
  private final Http1ClientStream stream;
  private final boolean secure;

  private State state = State.READING;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private @Nullable HttpExchange exchange;
  private @Nullable EventViewer viewer;
  private @Nullable Tunnel tunnel;
  private boolean mayBeHttp2;
  private boolean endsAfterAnswer;
  private boolean started;
  private boolean parsing;
  private boolean inRead;

  private long sinceNanos;
  private long headSinceNanos;

  /**
   * @param secure whether it runs over TLS, which has settled the version of HTTP
   */
  EdgeConnection(EdgeContext edge, LoopConnections siblings, Channel channel, boolean secure) {
    this.edge = edge;
    this.siblings = siblings;
    this.channel = channel;
    this.heads = new HeadReader(edge.limits().head());
    this.sinceNanos = edge.clock().nanos();
    this.body = new RequestBody(edge.limits());
    this.client =
        new ClientOutput(
            channel, edge.figures(), edge.limits().writeTimeout().toNanos(), sinceNanos);
    this.stream = new Http1ClientStream(this, edge, client);
    this.secure = secure;
    this.mayBeHttp2 = !secure;
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  boolean isSecure() {
    return secure;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (channel.isActive()) {
      start();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    start();
  }

  private void start() {
    if (started) {
      return;
    }
    started = true;
    siblings.add(this);
    if (edge.open().get() > edge.limits().maxConnections()) {
      edge.figures().connectionsRefused.increment();
      reject(new HttpError(503, "there are too many connections"));
    }
  }

  // ---- reading ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    inRead = true;
    ByteBuf in = (ByteBuf) message;
    if (state == State.CLOSING || state == State.FOLLOWING) {
      in.release();
      return;
    }
    if (tunnel != null) {
      tunnelMoved();
      tunnel.fromClient(in);
      regulate();
      return;
    }
    received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(channel.alloc(), received, in);
    if (mayBeHttp2 && !isHttp1(context)) {
      return;
    }
    if (body.hasTaker()) {
      moveBody();
    }
    parse();
    regulate();
  }

  /** Whether it is settled by what has come that the client does not begin with HTTP/2. */
  private boolean isHttp1(ChannelHandlerContext context) {
    return switch (Http2Preface.in(received)) {
      case ABSENT -> {
        mayBeHttp2 = false;
        yield true;
      }
      case INCOMPLETE -> {
        headSinceNanos = headSinceNanos == 0 ? edge.clock().nanos() | 1 : headSinceNanos;
        yield false;
      }
      case PRESENT -> {
        becomeHttp2(context);
        yield false;
      }
    };
  }

  /** RFC 9113, section 3.3: a client that knows beforehand begins with HTTP/2's preface. */
  private void becomeHttp2(ChannelHandlerContext context) {
    ByteBuf first = received;
    received = Unpooled.EMPTY_BUFFER;
    state = State.CLOSING;
    siblings.remove(this);
    context.pipeline().replace(this, null, Http2EdgeConnection.on(channel, edge, siblings, false));
    context.pipeline().fireChannelRead(first);
    context.pipeline().fireChannelReadComplete();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    inRead = false;
    client.flushWritten();
  }

  /** Reads and begins requests until one needs waiting for, or bytes are missing. */
  private void parse() {
    if (parsing) {
      return;
    }
    parsing = true;
    try {
      while (state == State.READING && channel.isActive() && client.isWritable()) {
        RequestHead head = heads.readRequest(received);
        if (head == null) {
          if (received.isReadable() && headSinceNanos == 0) {
            headSinceNanos = edge.clock().nanos() | 1;
          }
          break;
        }
        headSinceNanos = 0;
        begin(head);
      }
    } catch (HttpError e) {
      reject(e);
    } finally {
      parsing = false;
    }
    if (!received.isReadable() && received.capacity() > 0) {
      received.release();
      received = Unpooled.EMPTY_BUFFER;
    }
  }

  private void begin(RequestHead head) throws HttpError {
    edge.figures().requests.increment();
    Framing framing = Framing.ofRequest(head);
    RequestTarget target = RequestDispatch.target(head);
    body.begin(framing, head.http11() && head.fields().has("expect"));
    state = State.ANSWERING;
    stream.begin(head);
    HttpExchange next = new HttpExchange(edge, stream, head, target, framing);
    exchange = next;
    RequestDispatch.serve(edge, next, secure);
  }

  /** What came is no request: says so, and ends the connection, as its framing is in doubt. */
  private void reject(HttpError error) {
    edge.figures().refused.increment();
    body.cancel();
    HttpExchange cut = exchange;
    boolean answering = cut != null && !cut.isOpen();
    if (cut != null) {
      cut.gone();
      exchange = null;
    }
    if (answering) {
      // Its head is out: anything more would be taken for the body.
      drop();
      return;
    }
    endsAfterAnswer = true;
    stream.reject(error);
    closeGently();
  }

  // ---- the body of a request ----

  void sendBodyTo(OriginCall sink) {
    body.sendTo(sink, edge.clock().nanos());
    if (sink.isWritable()) {
      bodyWanted();
    }
  }

  void bodyWanted() {
    if (!body.hasTaker()) {
      return;
    }
    if (body.takeContinue()) {
      client.write(Unpooled.wrappedBuffer(CONTINUE));
      client.flush();
    }
    moveBody();
    regulate();
  }

  private void moveBody() {
    try {
      body.move(received, edge.clock().nanos());
    } catch (HttpError e) {
      reject(e);
    }
  }

  // ---- answering ----

  /** Whether the connection serves another request after the answer whose head ends now. */
  boolean mayGoOn(@Nullable RequestHead request) {
    endsAfterAnswer |= !body.isRead() || request == null || !request.keepsAlive();
    return !endsAfterAnswer;
  }

  void endAfterAnswer() {
    endsAfterAnswer = true;
  }

  /** The exchange has written all of its answer. */
  void answered() {
    exchange = null;
    sinceNanos = edge.clock().nanos();
    endsAfterAnswer |= body.end();
    if (endsAfterAnswer) {
      closeGently();
      return;
    }
    state = State.READING;
    if (!inRead) {
      client.flush();
    }
    parse();
    regulate();
  }

  String clientAddress() {
    return ClientOutput.addressOf(channel);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (tunnel != null) {
      tunnel.clientWritable();
      return;
    }
    if (!client.isWritable()) {
      return;
    }
    if (viewer != null && state == State.FOLLOWING) {
      viewer.writable();
    } else if (exchange != null) {
      stream.writable();
      if (exchange != null) {
        exchange.writable();
      }
    }
    parse();
    regulate();
    if (!inRead) {
      client.flushWritten();
    }
  }

  /** Reads from the socket only what there is a use or a little room for. */
  private void regulate() {
    boolean wanted =
        switch (state) {
          case READING -> client.isWritable();
          case ANSWERING ->
              body.hasTaker() ? body.isWanted() : received.readableBytes() < UNREAD_BYTES;
          case TUNNELLING -> tunnel != null && tunnel.takesMore();
          case FOLLOWING, CLOSING -> true;
        };
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
    }
  }

  // ---- events ----

  /** The answer is a stream of events. */
  void followed(EventViewer follower, int bufferBytes) {
    var unused =
        channel
            .config()
            .setWriteBufferWaterMark(new WriteBufferWaterMark(bufferBytes / 2, bufferBytes));
    state = State.FOLLOWING;
    exchange = null;
    received.skipBytes(received.readableBytes());
    viewer = follower;
  }

  // ---- another protocol ----

  /** The protocol is switched: the connection is one with the origin's from here on. */
  void switched(Channel upstream, ByteBuf first) {
    state = State.TUNNELLING;
    exchange = null;
    Tunnel joined = new Tunnel(upstream, this, client);
    tunnel = joined;
    tunnelMoved();
    ByteBuf sent = received;
    received = Unpooled.EMPTY_BUFFER;
    joined.start(first);
    joined.fromClient(sent);
    regulate();
  }

  /** Something went one way or the other. */
  void tunnelMoved() {
    sinceNanos = edge.clock().nanos();
  }

  void tunnelTakesMore() {
    regulate();
  }

  /** The origin has closed its side: what it sent goes out before this side is closed. */
  void tunnelEnded() {
    tunnel = null;
    if (state == State.TUNNELLING && channel.isActive()) {
      closeGently();
    }
  }

  // ---- time, and the end ----

  @Override
  public void check(long now) {
    if (client.isStuck(now)) {
      edge.figures().tooSlow.increment();
      drop();
    }
    EdgeLimits limits = edge.limits();
    switch (state) {
      case READING -> {
        if (headSinceNanos != 0) {
          if (now - headSinceNanos > limits.headTimeout().toNanos()) {
            edge.figures().tooSlow.increment();
            reject(new HttpError(408, "the request's head did not come in time"));
          }
        } else if (now - sinceNanos > limits.idleTimeout().toNanos()) {
          drop();
        }
      }
      case ANSWERING -> {
        if (body.isTooSlow(now)) {
          edge.figures().tooSlow.increment();
          reject(new HttpError(408, "the request's body did not come in time"));
        }
      }
      case FOLLOWING -> {
        if (viewer != null) {
          viewer.check(now);
        }
      }
      case TUNNELLING -> {
        if (now - sinceNanos > TUNNEL_IDLE.toNanos()) {
          drop();
        }
      }
      case CLOSING -> {
        if (now - sinceNanos > LINGER.toNanos()) {
          drop();
        }
      }
    }
  }

  @Override
  public void drain(Duration most) {
    switch (state) {
      case READING, TUNNELLING -> drop();
      case ANSWERING -> endsAfterAnswer = true;
      case FOLLOWING -> {
        if (viewer != null) {
          viewer.end();
        }
      }
      case CLOSING -> {}
    }
  }

  private void closeGently() {
    state = State.CLOSING;
    sinceNanos = Long.MAX_VALUE / 2 + edge.clock().nanos() / 2;
    received.release();
    received = Unpooled.EMPTY_BUFFER;
    regulate();
    var unused =
        channel
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(
                sent -> {
                  sinceNanos = edge.clock().nanos();
                  if (sent.isSuccess() && channel instanceof SocketChannel socket) {
                    var unusedHalf = socket.shutdownOutput();
                  } else {
                    drop();
                  }
                });
  }

  @Override
  public void drop() {
    var unused = channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    siblings.remove(this);
    stream.gone();
    if (exchange != null) {
      exchange.gone();
      exchange = null;
    }
    body.cancel();
    if (viewer != null) {
      viewer.gone();
      viewer = null;
    }
    if (tunnel != null) {
      Tunnel left = tunnel;
      tunnel = null;
      left.close();
    }
    received.release();
    received = Unpooled.EMPTY_BUFFER;
    state = State.CLOSING;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    drop();
  }
}
