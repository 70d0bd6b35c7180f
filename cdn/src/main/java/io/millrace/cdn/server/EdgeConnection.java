package io.millrace.cdn.server;

import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HeadReader;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.origin.EventSource;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.route.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
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
 *      │                             │  └── target is a stream of events ──→ FOLLOWING
 *      └── malformed, too slow ──────┴── framing in doubt, Connection: close ──→ CLOSING
 * </pre>
 *
 * CLOSING sends what is left, then closes its half and drops what still comes for a moment: a
 * client that is still sending would else lose the answer to a reset (RFC 9112, section 9.6).
 */
final class EdgeConnection extends ChannelInboundHandlerAdapter {

  private static final int UNREAD_BYTES = 64 * 1024;
  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private enum State {
    READING,
    ANSWERING,
    FOLLOWING,
    CLOSING
  }

  private final EdgeContext edge;
  private final LoopConnections siblings;
  private final Channel channel;
  private final HeadReader heads;
  private final RequestBody body;
  private final ClientOutput client;

  private State state = State.READING;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private @Nullable HttpExchange exchange;
  private @Nullable EventViewer viewer;
  private boolean endsAfterAnswer;
  private boolean parsing;
  private boolean inRead;

  private long sinceNanos;
  private long headSinceNanos;

  EdgeConnection(EdgeContext edge, LoopConnections siblings, Channel channel) {
    this.edge = edge;
    this.siblings = siblings;
    this.channel = channel;
    this.heads = new HeadReader(edge.limits().head());
    this.sinceNanos = edge.clock().nanos();
    this.body = new RequestBody(edge.limits());
    this.client =
        new ClientOutput(
            channel, edge.figures(), edge.limits().writeTimeout().toNanos(), sinceNanos);
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    edge.figures().connections.increment();
    if (edge.open().incrementAndGet() > edge.limits().maxConnections()) {
      edge.figures().connectionsRefused.increment();
      reject(new HttpError(503, "there are too many connections"));
    }
    siblings.add(this);
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
    received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(channel.alloc(), received, in);
    if (body.hasTaker()) {
      moveBody();
    }
    parse();
    regulate();
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
    RequestTarget target = RequestTarget.of(head);
    if (head.method().equals("CONNECT") || head.method().equals("TRACE")) {
      throw new HttpError(501, head.method() + " is not done here");
    }
    String expect = head.http11() ? head.fields().first("expect") : null;
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      throw new HttpError(417, "the only expectation that is understood is 100-continue");
    }
    body.begin(framing, expect != null);
    state = State.ANSWERING;
    HttpExchange next = new HttpExchange(this, head, target, framing);
    exchange = next;
    if (target.isServer()) {
      next.replyOptions();
      return;
    }
    Route route = edge.routes().get().find(target);
    if (route == null) {
      edge.figures().refused.increment();
      next.refuse(new HttpError(404, "there is nothing here"));
      return;
    }
    EventSource events = head.method().equals("GET") ? route.origin().events(target) : null;
    if (events == null) {
      edge.cache().serve(next, route.origin(), route.policy());
    } else {
      follow(events, head, target);
    }
  }

  /** What came is no request: says so, and ends the connection, as its framing is in doubt. */
  private void reject(HttpError error) {
    edge.figures().refused.increment();
    body.cancel();
    if (exchange != null) {
      exchange.gone();
      exchange = null;
    }
    ByteBuf out = client.buffer(512);
    AnswerEncoder.own(error, false, AnswerEncoder.Connection.CLOSES, nowMillis(), out);
    client.write(out);
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

  /** What an answer that starts now says of the connection. */
  AnswerEncoder.Connection continuation(RequestHead request) {
    if (endsAfterAnswer || !body.isRead() || !request.keepsAlive()) {
      endsAfterAnswer = true;
      return AnswerEncoder.Connection.CLOSES;
    }
    return request.http11() ? AnswerEncoder.Connection.STAYS : AnswerEncoder.Connection.KEPT;
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
    return channel.remoteAddress() instanceof InetSocketAddress from && from.getAddress() != null
        ? from.getAddress().getHostAddress()
        : "unknown";
  }

  long nowMillis() {
    return edge.clock().millis();
  }

  ClientOutput client() {
    return client;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (!client.isWritable()) {
      return;
    }
    if (viewer != null) {
      viewer.writable();
    } else if (exchange != null) {
      exchange.writable();
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
          case FOLLOWING, CLOSING -> true;
        };
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
    }
  }

  // ---- events ----

  private void follow(EventSource events, RequestHead head, RequestTarget target) {
    state = State.FOLLOWING;
    exchange = null;
    received.skipBytes(received.readableBytes());
    viewer = new EventViewer(edge, channel, events);
    viewer.start(head, target);
  }

  // ---- time, and the end ----

  /** Looks after deadlines; called a few times a second. */
  void check(long now) {
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
      case CLOSING -> {
        if (now - sinceNanos > LINGER.toNanos()) {
          drop();
        }
      }
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

  /** Closes at once, whatever is unsent. */
  void drop() {
    var unused = channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    siblings.remove(this);
    edge.open().decrementAndGet();
    if (exchange != null) {
      exchange.gone();
      exchange = null;
    }
    body.cancel();
    if (viewer != null) {
      viewer.gone();
      viewer = null;
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
