package io.millrace.cdn.server;

import io.millrace.cdn.http.HttpError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: serves one HTTP/1.1 request after the other ({@link Http1Requests}), until
 * it becomes something else, from which it does not come back to requests.
 *
 * <pre>
 *   SERVING ──┬── target is a stream of events ───────────────────────────→ FOLLOWING
 *             ├── origin switches protocols ──────────────────────────────→ TUNNELLING
 *             └── malformed, too slow, framing in doubt, Connection: close ─→ CLOSING
 * </pre>
 *
 * A stream of events that ends, and a tunnel whose origin has closed, lead to CLOSING too, which
 * sends what is left and drops what still comes for a moment ({@link LingeringClose}).
 */
final class EdgeConnection extends ChannelInboundHandlerAdapter implements LoopConnection {

  private enum State {
    SERVING,
    FOLLOWING,
    TUNNELLING,
    CLOSING
  }

  private final EdgeContext edge;
  private final LoopConnections siblings;
  private final Channel channel;
  private final ClientInput input;
  private final ClientOutput client;
  private final Http1Requests requests;
  private final boolean secure;

  private State state = State.SERVING;
  private @Nullable EventViewer viewer;
  private @Nullable Tunnel tunnel;
  private @Nullable LingeringClose closing;
  private boolean started;
  private boolean inRead;

  /**
   * @param secure whether it runs over TLS, which has settled the version of HTTP
   */
  EdgeConnection(EdgeContext edge, LoopConnections siblings, Channel channel, boolean secure) {
    this.edge = edge;
    this.siblings = siblings;
    this.channel = channel;
    this.input = new ClientInput(channel, edge.limits(), edge.clock(), !secure);
    this.client =
        new ClientOutput(
            channel, edge.figures(), edge.limits().writeTimeout().toNanos(), edge.clock().nanos());
    this.secure = secure;
    this.requests = new Http1Requests(this, edge, channel, input, client);
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
      requests.reject(new HttpError(503, "there are too many connections"));
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
      tunnel.fromClient(in);
      regulate();
      return;
    }
    input.add(in);
    Http2Preface preface = input.preface();
    if (preface != Http2Preface.ABSENT) {
      if (preface == Http2Preface.PRESENT) {
        becomeHttp2(context);
      }
      return;
    }
    requests.received();
    regulate();
  }

  /** RFC 9113, section 3.3: a client that knows beforehand begins with HTTP/2's preface. */
  private void becomeHttp2(ChannelHandlerContext context) {
    ByteBuf first = input.take();
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

  /** Reads from the socket only what there is a use or a little room for. */
  void regulate() {
    boolean wanted =
        switch (state) {
          case SERVING -> requests.takesMore();
          case TUNNELLING -> tunnel != null && tunnel.takesMore();
          case FOLLOWING, CLOSING -> true;
        };
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
    }
  }

  // ---- writing ----

  /** Whether requests are read and answered. */
  boolean isServing() {
    return state == State.SERVING;
  }

  /** Sends what was written, at once or with the end of the read that is under way. */
  void flushSoon() {
    if (!inRead) {
      client.flush();
    }
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
    } else {
      requests.writable();
    }
    regulate();
    if (!inRead) {
      client.flushWritten();
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
    requests.leave();
    input.skip();
    viewer = follower;
  }

  // ---- another protocol ----

  /** The protocol is switched: the connection is one with the origin's from here on. */
  void switched(Channel upstream, ByteBuf first) {
    state = State.TUNNELLING;
    requests.leave();
    Tunnel joined = new Tunnel(upstream, this, client, edge.clock());
    tunnel = joined;
    ByteBuf sent = input.take();
    joined.start(first);
    joined.fromClient(sent);
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
    switch (state) {
      case SERVING -> requests.check(now);
      case FOLLOWING -> {
        if (viewer != null) {
          viewer.check(now);
        }
      }
      case TUNNELLING -> {
        if (tunnel != null && tunnel.isIdle(now)) {
          drop();
        }
      }
      case CLOSING -> {
        if (closing != null && closing.isOver(now)) {
          drop();
        }
      }
    }
  }

  @Override
  public void drain(Duration most) {
    switch (state) {
      case SERVING -> requests.drain();
      case TUNNELLING -> drop();
      case FOLLOWING -> {
        if (viewer != null) {
          viewer.end();
        }
      }
      case CLOSING -> {}
    }
  }

  /** Ends the connection once its client has what was written. */
  void closeGently() {
    state = State.CLOSING;
    input.release();
    regulate();
    LingeringClose last = new LingeringClose(channel, edge.clock());
    closing = last;
    last.start();
  }

  @Override
  public void drop() {
    var unused = channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    siblings.remove(this);
    requests.gone();
    if (viewer != null) {
      viewer.gone();
      viewer = null;
    }
    if (tunnel != null) {
      Tunnel left = tunnel;
      tunnel = null;
      left.close();
    }
    input.release();
    state = State.CLOSING;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    drop();
  }
}
