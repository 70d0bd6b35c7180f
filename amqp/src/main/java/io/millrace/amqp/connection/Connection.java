package io.millrace.amqp.connection;

import io.millrace.amqp.auth.CertificateLogin;
import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.queue.VirtualHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's socket: cuts its bytes into frames for the {@link Session}. */
public final class Connection extends ByteToMessageDecoder implements OpenConnection {

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
  private static final int HANDSHAKE_FRAME_MAX = 131_072;

  private final ConnectionServices services;
  private final CertificateLogin certificateLogin;
  private final AmqpMetrics metrics;

  // Set once the socket is open, before anything else happens.
  private SocketPeer peer;
  private Session session;
  private AlarmGate gate;

  private String name = "";
  private long connectedMillis;
  private long bytesIn;
  private long framesIn;
  private boolean headerSeen;
  private boolean closed;

  @SuppressWarnings("NullAway.Init") // Netty says in channelActive which socket it is.
  Connection(ConnectionServices services, CertificateLogin certificateLogin) {
    this.services = services;
    this.certificateLogin = certificateLogin;
    this.metrics = services.metrics();
    setCumulator(MERGE_CUMULATOR);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    InetAddress from =
        context.channel().remoteAddress() instanceof InetSocketAddress address
            ? address.getAddress()
            : InetAddress.getLoopbackAddress();
    peer = new SocketPeer(this, context, services.replies(), metrics);
    session = new Session(this, peer, new Handshake(services, from), services);
    peer.opened(session);
    gate = new AlarmGate(peer, session, services.messaging().alarms(), metrics);
    name =
        text(context.channel().remoteAddress()) + " -> " + text(context.channel().localAddress());
    connectedMillis = services.clock().millis();
    services.open().add(this);
    peer.after(
        services.limits().handshakeTimeout(),
        () -> {
          if (session.isNew()) {
            close();
          }
        });
  }

  // ---- for those who look after it ----

  private static String text(SocketAddress address) {
    return address instanceof InetSocketAddress socket
        ? host(socket) + ":" + socket.getPort()
        : String.valueOf(address);
  }

  private static String host(InetSocketAddress address) {
    InetAddress known = address.getAddress();
    String host = known == null ? address.getHostString() : known.getHostAddress();
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public CompletionStage<ConnectionStatus> status() {
    return CompletableFuture.supplyAsync(this::now, peer.loop());
  }

  private ConnectionStatus now() {
    Handshake handshake = session.handshake();
    VirtualHost host = handshake.host();
    InetSocketAddress from = (InetSocketAddress) peer.context().channel().remoteAddress();
    SslHandler tls = peer.context().pipeline().get(SslHandler.class);
    InetSocketAddress to = (InetSocketAddress) peer.context().channel().localAddress();
    return new ConnectionStatus(
        name,
        from == null ? "" : host(from),
        from == null ? 0 : from.getPort(),
        to == null ? "" : host(to),
        to == null ? 0 : to.getPort(),
        session.stateName(),
        handshake.user(),
        host == null ? "" : host.name(),
        handshake.mechanism(),
        tls == null ? EncryptionStatus.NONE : EncryptionStatus.of(tls.engine().getSession()),
        handshake.channelMax(),
        handshake.frameMax(),
        handshake.heartbeat().toSeconds(),
        handshake.clientProperties(),
        connectedMillis,
        bytesIn,
        peer.bytesOut(),
        framesIn,
        peer.sends(),
        session.channelStatuses());
  }

  @Override
  public void close(String reason) {
    peer.loop()
        .execute(
            () -> {
              session.fail(AmqpException.ofConnection(ReplyCode.CONNECTION_FORCED, reason), 0, 0);
              peer.flush();
            });
  }

  // ---- frames in ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof ByteBuf bytes) {
      metrics.bytesIn.add(bytes.readableBytes());
      bytesIn += bytes.readableBytes();
    }
    super.channelRead(context, message);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    while (!closed && !peer.isWaiting()) {
      if (!(headerSeen ? frame(in) : header(in))) {
        break;
      }
    }
    if (closed) {
      in.skipBytes(in.readableBytes());
    }
  }

  private boolean header(ByteBuf in) {
    int check = Math.min(in.readableBytes(), HEADER.length);
    for (int i = 0; i < check; i++) {
      if (in.getByte(in.readerIndex() + i) != HEADER[i]) {
        // The version that is spoken here, and no more (AMQP 0-9-1, 2.2.4).
        peer.out().writeBytes(HEADER);
        close();
        return false;
      }
    }
    if (check < HEADER.length) {
      return false;
    }
    in.skipBytes(HEADER.length);
    headerSeen = true;
    session.handshake().start(certified(), peer.out());
    return true;
  }

  /** Whom the client's certificate names, or null. */
  private @Nullable String certified() {
    SslHandler tls = peer.context().pipeline().get(SslHandler.class);
    if (tls == null) {
      return null;
    }
    try {
      return tls.engine().getSession().getPeerPrincipal() instanceof X500Principal subject
          ? certificateLogin.user(subject)
          : null;
    } catch (SSLPeerUnverifiedException e) {
      // The client has shown none, and need not.
      return null;
    }
  }

  /** Takes one frame, if it is there whole. */
  private boolean frame(ByteBuf in) {
    if (in.readableBytes() < Frames.PREFIX_BYTES) {
      return false;
    }
    int at = in.readerIndex();
    int type = in.getUnsignedByte(at);
    int channel = in.getUnsignedShort(at + 1);
    long size = in.getUnsignedInt(at + 3);
    int most = session.handshake().isDone() ? session.handshake().frameMax() : HANDSHAKE_FRAME_MAX;
    if (size > most - Frames.OVERHEAD_BYTES) {
      return badFrame(
          "type "
              + type
              + ", frame size "
              + (size + Frames.OVERHEAD_BYTES)
              + " is larger than the negotiated frame_max of "
              + most);
    }
    int payload = (int) size;
    if (in.readableBytes() < payload + Frames.OVERHEAD_BYTES) {
      return false;
    }
    if (in.getByte(at + Frames.PREFIX_BYTES + payload) != Frames.END) {
      return badFrame("a frame of type " + type + " does not end with 0xCE");
    }
    framesIn++;
    // The payload is all that can be read meanwhile: a slice would be an object for each frame.
    int received = in.writerIndex();
    int payloadAt = at + Frames.PREFIX_BYTES;
    in.setIndex(payloadAt, payloadAt + payload);
    try {
      session.take(type, channel, in);
    } finally {
      in.setIndex(payloadAt + payload + 1, received);
    }
    return true;
  }

  /** Where the next frame would begin nobody knows, so this is the end. */
  private boolean badFrame(String problem) {
    session.fail(new AmqpException(ReplyCode.FRAME_ERROR, problem), 0, 0);
    close();
    return false;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    handOn();
    peer.flush();
    // Not as the decoder does it, which asks for more bytes until something comes out of it, also
    // while the socket is not to be read.
    discardSomeReadBytes();
    ChannelHandlerContext unused = context.fireChannelReadComplete();
  }

  /** Goes on with the frames that came while an answer was made. */
  void goOn() {
    try {
      super.channelRead(peer.context(), Unpooled.EMPTY_BUFFER);
      handOn();
    } catch (Exception e) {
      exceptionCaught(peer.context(), e);
    }
  }

  private void handOn() {
    session.handOn();
    if (session.publishes().takePublished()) {
      gate.published();
    }
  }

  // ---- the socket ----

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    peer.writabilityChanged();
    if (peer.isWritable()) {
      session.resume();
    }
    super.channelWritabilityChanged(context);
  }

  /** Sends heartbeats from now on, and wants them; for an interval that is not zero. */
  void beginHeartbeats(Duration interval) {
    if (!interval.isZero()) {
      // A peer may be silent for two intervals; half of one keeps this side well within.
      peer.context()
          .pipeline()
          .addFirst(
              new IdleStateHandler(
                  2 * interval.toMillis(),
                  Math.max(500, interval.toMillis() / 2),
                  0,
                  TimeUnit.MILLISECONDS));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      metrics.failedHandshakes.increment();
      LOG.debug(
          "No TLS with {}: {}", context.channel().remoteAddress(), handshake.cause().getMessage());
      close();
      return;
    }
    if (!(event instanceof IdleStateEvent idle)) {
      super.userEventTriggered(context, event);
      return;
    }
    switch (idle.state()) {
      case READER_IDLE -> {
        if (peer.isReading()) {
          metrics.closedForSilence.increment();
          LOG.info("No heartbeat came from {}", context.channel().remoteAddress());
          close();
        }
      }
      case WRITER_IDLE -> Frames.heartbeat(peer.out());
      case ALL_IDLE -> {
        // Not asked for.
      }
    }
  }

  /** Users, virtual hosts or permissions have changed. Any thread. */
  public void accessChanged() {
    peer.loop().execute(session::accessChanged);
  }

  /** Sends what is written and closes the socket. */
  void close() {
    if (!closed) {
      closed = true;
      peer.sendAndClose();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    closed = true;
    session.end();
    peer.release();
    metrics.connections.decrementAndGet();
    metrics.closed.increment();
    services.open().remove(this);
    super.channelInactive(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean ofSocket =
        cause instanceof IOException
            || (cause instanceof DecoderException && cause.getCause() instanceof SSLException);
    if (!ofSocket) {
      LOG.error("The connection of {} failed", context.channel().remoteAddress(), cause);
    }
    close();
  }
}
