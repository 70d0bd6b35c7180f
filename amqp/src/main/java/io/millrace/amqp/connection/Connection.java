package io.millrace.amqp.connection;

import io.millrace.amqp.auth.Users;
import io.millrace.amqp.channel.Channel;
import io.millrace.amqp.channel.PublishBatch;
import io.millrace.amqp.channel.ReplyTargets;
import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.FieldWriter;
import io.millrace.amqp.wire.Fields;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.BrokerException;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.queue.Messaging;
import io.millrace.broker.queue.VirtualHost;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection.
 *
 * <pre>
 *   header → handshake → open ──connection.close──→ closed
 *                          └──(an error)──→ closing ──connection.close-ok──→ closed
 * </pre>
 */
final class Connection extends ByteToMessageDecoder {

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
  private static final int HANDSHAKE_FRAME_MAX = 131_072;
  private static final long LAST_WORD_SECONDS = 5;

  private enum State {
    HEADER,
    HANDSHAKE,
    OPEN,
    CLOSING,
    CLOSED
  }

  private final Users users;
  private final Messaging messaging;
  private final ReplyTargets replies;
  private final ConnectionLimits limits;
  private final AmqpMetrics metrics;
  private final Map<Integer, Channel> channels = new HashMap<>();
  private final PublishBatch publishes = new PublishBatch();

  // Set once the socket is open, before anything else happens.
  private Handshake handshake;
  private SocketPeer peer;
  private State state = State.HEADER;

  @SuppressWarnings("NullAway.Init") // Netty says in handlerAdded which socket it is.
  Connection(
      Users users,
      Messaging messaging,
      ReplyTargets replies,
      ConnectionLimits limits,
      AmqpMetrics metrics) {
    this.users = users;
    this.messaging = messaging;
    this.replies = replies;
    this.limits = limits;
    this.metrics = metrics;
    setCumulator(MERGE_CUMULATOR);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    peer = new SocketPeer(this, context, metrics);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    InetAddress from =
        context.channel().remoteAddress() instanceof InetSocketAddress address
            ? address.getAddress()
            : InetAddress.getLoopbackAddress();
    handshake = new Handshake(users, messaging, limits, from);
    var unused =
        context
            .executor()
            .schedule(
                () -> {
                  if (state == State.HEADER || state == State.HANDSHAKE) {
                    close();
                  }
                },
                limits.handshakeTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
    super.channelActive(context);
  }

  // ---- frames in ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof ByteBuf bytes) {
      metrics.bytesIn.add(bytes.readableBytes());
    }
    super.channelRead(context, message);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    while (state != State.CLOSED && !peer.isWaiting()) {
      if (state == State.HEADER) {
        if (!header(in)) {
          return;
        }
      } else if (!frame(in)) {
        return;
      }
    }
    if (state == State.CLOSED) {
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
    state = State.HANDSHAKE;
    Handshake.start(peer.out());
    return true;
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
    int most = handshake.isDone() ? handshake.frameMax() : HANDSHAKE_FRAME_MAX;
    if (size > most - Frames.OVERHEAD_BYTES) {
      in.skipBytes(in.readableBytes());
      fail(
          new AmqpException(
              ReplyCode.FRAME_ERROR,
              "type "
                  + type
                  + ", frame size "
                  + (size + Frames.OVERHEAD_BYTES)
                  + " is larger than the negotiated frame_max of "
                  + most),
          0,
          0);
      close();
      return false;
    }
    int payload = (int) size;
    if (in.readableBytes() < payload + Frames.OVERHEAD_BYTES) {
      return false;
    }
    if (in.getByte(at + Frames.PREFIX_BYTES + payload) != Frames.END) {
      in.skipBytes(in.readableBytes());
      fail(
          new AmqpException(
              ReplyCode.FRAME_ERROR, "a frame of type " + type + " does not end with 0xCE"),
          0,
          0);
      close();
      return false;
    }
    ByteBuf bytes = in.slice(at + Frames.PREFIX_BYTES, payload);
    in.skipBytes(payload + Frames.OVERHEAD_BYTES);
    take(type, channel, bytes);
    return true;
  }

  private void take(int type, int channel, ByteBuf in) {
    int method = 0;
    try {
      switch (type) {
        case Frames.METHOD -> {
          method = Fields.number(in);
          method(channel, method, in);
        }
        case Frames.HEADER -> {
          method = Methods.BASIC_PUBLISH;
          content(channel).header(in);
        }
        case Frames.BODY -> {
          method = Methods.BASIC_PUBLISH;
          content(channel).body(in);
        }
        case Frames.HEARTBEAT -> {
          // That it came is all that it says.
        }
        default ->
            throw new AmqpException(ReplyCode.FRAME_ERROR, "a frame is of unknown type " + type);
      }
    } catch (RuntimeException e) {
      failed(e, channel, method);
    }
  }

  private Channel content(int number) {
    Channel channel = channels.get(number);
    if (channel == null) {
      if (state == State.CLOSING) {
        throw new Ignored();
      }
      throw new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'");
    }
    return channel;
  }

  private void method(int number, int method, ByteBuf in) {
    if (state == State.CLOSING) {
      if (method == Methods.CONNECTION_CLOSE_OK) {
        close();
      } else if (method == Methods.CONNECTION_CLOSE) {
        Frames.emptyMethod(peer.out(), 0, Methods.CONNECTION_CLOSE_OK);
        close();
      }
      return;
    }
    if (method == Methods.CONNECTION_CLOSE) {
      end();
      Frames.emptyMethod(peer.out(), 0, Methods.CONNECTION_CLOSE_OK);
      close();
      return;
    }
    if (state == State.HANDSHAKE) {
      if (number != 0) {
        throw new AmqpException(
            ReplyCode.CHANNEL_ERROR, "channel " + number + " is used before connection.open");
      }
      handshake.method(method, in, peer.out());
      if (handshake.isDone()) {
        opened();
      }
      return;
    }
    if (number == 0) {
      control(method, in);
      return;
    }
    Channel channel = channels.get(number);
    if (channel != null) {
      channel.method(method, in);
    } else if (method == Methods.CHANNEL_OPEN) {
      open(number);
    } else if (method != Methods.CHANNEL_CLOSE_OK) {
      throw new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'");
    }
  }

  private void control(int method, ByteBuf in) {
    if (method == Methods.CONNECTION_UPDATE_SECRET) {
      handshake.updateSecret(in, peer.out());
      return;
    }
    throw new AmqpException(
        ReplyCode.COMMAND_INVALID,
        "no method "
            + Methods.numberOf(method)
            + " of class "
            + Methods.classOf(method)
            + " is expected on channel 0");
  }

  private void opened() {
    state = State.OPEN;
    long seconds = handshake.heartbeat().toSeconds();
    if (seconds > 0) {
      // A peer may be silent for two intervals; half of one keeps this side well within.
      peer.context()
          .pipeline()
          .addFirst(
              new IdleStateHandler(
                  2 * seconds * 1000, Math.max(500, seconds * 500), 0, TimeUnit.MILLISECONDS));
    }
  }

  private void open(int number) {
    if (number > handshake.channelMax() || channels.size() >= handshake.channelMax()) {
      throw AmqpException.ofConnection(
          ReplyCode.NOT_ALLOWED,
          "number of channels opened ("
              + channels.size()
              + ") has reached the negotiated channel_max ("
              + handshake.channelMax()
              + ")");
    }
    channels.put(number, new Channel(peer, number, limits.maxMessageBytes()));
    metrics.channels.incrementAndGet();
    ByteBuf out = peer.out();
    int frame = Frames.method(out, number, Methods.CHANNEL_OPEN_OK);
    out.writeInt(0);
    Frames.end(out, frame);
  }

  // ---- errors ----

  /** Something that costs the connection nothing: it is closing, and this is passed over. */
  private static final class Ignored extends RuntimeException {
    private static final long serialVersionUID = 1;

    Ignored() {
      super("passed over", null, false, false);
    }
  }

  /** Answers what went wrong with what a frame asked for. */
  void failed(Throwable failure, int channel, int method) {
    switch (failure) {
      case Ignored unused -> {
        // As it says.
      }
      case AmqpException error -> fail(error, channel, method);
      case TopologyException refused -> fail(refusal(refused), channel, method);
      case BrokerException refused ->
          fail(
              new AmqpException(ReplyCode.INTERNAL_ERROR, String.valueOf(refused.getMessage())),
              channel,
              method);
      default -> {
        LOG.error("A frame of {} failed", peer.context().channel().remoteAddress(), failure);
        fail(new AmqpException(ReplyCode.INTERNAL_ERROR, "internal error"), channel, method);
      }
    }
  }

  private static AmqpException refusal(TopologyException refused) {
    ReplyCode code =
        switch (refused.reason()) {
          case ACCESS_REFUSED -> ReplyCode.ACCESS_REFUSED;
          case NOT_FOUND -> ReplyCode.NOT_FOUND;
          case RESOURCE_LOCKED -> ReplyCode.RESOURCE_LOCKED;
          case PRECONDITION_FAILED -> ReplyCode.PRECONDITION_FAILED;
          case INTERNAL_ERROR -> ReplyCode.INTERNAL_ERROR;
        };
    return new AmqpException(code, String.valueOf(refused.getMessage()));
  }

  private void fail(AmqpException error, int number, int method) {
    if (state == State.CLOSING || state == State.CLOSED) {
      return;
    }
    Channel channel = channels.get(number);
    if (!error.endsConnection() && channel != null) {
      channel.fail(error, method);
      return;
    }
    LOG.info(
        "Connection of {} is closed: {}",
        peer.context().channel().remoteAddress(),
        error.replyText());
    if (!handshake.isAuthenticated() && error.code() == ReplyCode.ACCESS_REFUSED) {
      metrics.failedAuthentications.increment();
      if (!handshake.tellsOfFailure()) {
        close();
        return;
      }
    }
    metrics.closedForError.increment();
    end();
    farewell(error, method);
  }

  /** Says why, and waits a little for the client's last word. */
  private void farewell(AmqpException error, int method) {
    state = State.CLOSING;
    ByteBuf out = peer.out();
    int frame = Frames.method(out, 0, Methods.CONNECTION_CLOSE);
    out.writeShort(error.code().number());
    FieldWriter.shortText(out, error.replyText());
    out.writeShort(Methods.classOf(method)).writeShort(Methods.numberOf(method));
    Frames.end(out, frame);
    var unused =
        peer.context().executor().schedule(this::close, LAST_WORD_SECONDS, TimeUnit.SECONDS);
  }

  // ---- ends ----

  /** Ends the channels and what they hold. */
  private void end() {
    peer.stopWaiting();
    publishes.flush();
    metrics.channels.addAndGet(-channels.size());
    channels.values().forEach(Channel::end);
    channels.clear();
    VirtualHost host = handshake.host();
    if (host != null) {
      host.ended(this);
    }
  }

  /** Sends what is written and closes the socket. */
  private void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      peer.sendAndClose();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    state = State.CLOSED;
    end();
    peer.release();
    metrics.connections.decrementAndGet();
    super.channelInactive(context);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    handOn();
    peer.flush();
    super.channelReadComplete(context);
  }

  /** Hands on what was gathered while frames were read. */
  private void handOn() {
    publishes.flush();
    for (Channel each : channels.values()) {
      each.flush();
    }
  }

  /** Goes on with the frames that came while an answer was made. */
  void goOn() {
    try {
      super.channelRead(peer.context(), io.netty.buffer.Unpooled.EMPTY_BUFFER);
      handOn();
    } catch (Exception e) {
      exceptionCaught(peer.context(), e);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    peer.writabilityChanged();
    if (peer.isWritable()) {
      channels.values().forEach(Channel::resume);
    }
    super.channelWritabilityChanged(context);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof IdleStateEvent idle) {
      switch (idle.state()) {
        case READER_IDLE -> {
          if (!peer.isWaiting()) {
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
    } else {
      super.userEventTriggered(context, event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof java.io.IOException)) {
      LOG.error("The connection of {} failed", context.channel().remoteAddress(), cause);
    }
    close();
  }

  // ---- what channels ask for ----

  int frameMax() {
    return handshake.frameMax();
  }

  String user() {
    return handshake.user();
  }

  VirtualHost host() {
    return java.util.Objects.requireNonNull(handshake.host());
  }

  PublishBatch publishes() {
    return publishes;
  }

  ReplyTargets replies() {
    return replies;
  }

  void closed(int channel) {
    if (channels.remove(channel) != null) {
      metrics.channels.decrementAndGet();
    }
  }
}
