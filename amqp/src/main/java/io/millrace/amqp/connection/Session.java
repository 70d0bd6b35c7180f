package io.millrace.amqp.connection;

import io.millrace.amqp.channel.Channel;
import io.millrace.amqp.channel.ChannelStatus;
import io.millrace.amqp.channel.PublishBatch;
import io.millrace.amqp.channel.PublishCredit;
import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.FieldWriter;
import io.millrace.amqp.wire.Fields;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.BrokerException;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.queue.VirtualHost;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client does once its bytes are frames: introduces itself, opens channels, makes mistakes,
 * leaves.
 *
 * <pre>
 *   handshake → open ──connection.close──→ ended
 *      └──────────┴──(an error)──→ closing ──connection.close-ok──→ ended
 * </pre>
 */
final class Session {

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final Duration LAST_WORD = Duration.ofSeconds(5);

  private enum State {
    HANDSHAKE,
    OPEN,
    CLOSING,
    ENDED
  }

  private final Connection connection;
  private final SocketPeer peer;
  private final Handshake handshake;
  private final ConnectionServices services;
  private final AmqpMetrics metrics;
  private final Map<Integer, Channel> channels = new HashMap<>();
  private final PublishBatch publishes;
  private State state = State.HANDSHAKE;

  Session(
      Connection connection, SocketPeer peer, Handshake handshake, ConnectionServices services) {
    this.connection = connection;
    this.peer = peer;
    this.handshake = handshake;
    this.services = services;
    publishes =
        new PublishBatch(
            new PublishCredit(peer.loop(), peer::holdForCredit, services.metrics().outOfCredit));
    this.metrics = services.metrics();
  }

  Handshake handshake() {
    return handshake;
  }

  PublishBatch publishes() {
    return publishes;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  /** Whether the client has not yet opened its virtual host. */
  boolean isNew() {
    return state == State.HANDSHAKE;
  }

  // ---- frames ----

  void take(int type, int channel, ByteBuf in) {
    int method = 0;
    try {
      switch (type) {
        case Frames.METHOD -> {
          method = Fields.number(in);
          method(channel, method, in);
        }
        case Frames.HEADER, Frames.BODY -> {
          method = Methods.BASIC_PUBLISH;
          content(type, channel, in);
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

  private void content(int type, int number, ByteBuf in) {
    Channel channel = channels.get(number);
    if (channel == null) {
      if (state == State.CLOSING) {
        return;
      }
      throw new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'");
    }
    if (type == Frames.HEADER) {
      channel.header(in);
    } else {
      channel.body(in);
    }
  }

  private void method(int number, int method, ByteBuf in) {
    if (method == Methods.CONNECTION_CLOSE) {
      end();
      Frames.emptyMethod(peer.out(), 0, Methods.CONNECTION_CLOSE_OK);
      connection.close();
    } else if (state == State.CLOSING) {
      if (method == Methods.CONNECTION_CLOSE_OK) {
        connection.close();
      }
    } else if (state == State.HANDSHAKE) {
      introduce(number, method, in);
    } else if (number == 0) {
      control(method, in);
    } else {
      Channel channel = channels.get(number);
      if (channel != null) {
        channel.method(method, in);
      } else if (method == Methods.CHANNEL_OPEN) {
        open(number);
      } else if (method != Methods.CHANNEL_CLOSE_OK) {
        throw new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'");
      }
    }
  }

  private void introduce(int number, int method, ByteBuf in) {
    if (number != 0) {
      throw new AmqpException(
          ReplyCode.CHANNEL_ERROR, "channel " + number + " is used before connection.open");
    }
    handshake.method(method, in, peer.out());
    if (handshake.isDone()) {
      state = State.OPEN;
      connection.beginHeartbeats(handshake.heartbeat());
    }
  }

  private void control(int method, ByteBuf in) {
    if (method != Methods.CONNECTION_UPDATE_SECRET) {
      throw new AmqpException(
          ReplyCode.COMMAND_INVALID,
          "no method "
              + Methods.numberOf(method)
              + " of class "
              + Methods.classOf(method)
              + " is expected on channel 0");
    }
    handshake.updateSecret(in, peer.out());
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
    services.usage().openChannel(services.messaging().access().image(), handshake.user());
    channels.put(number, new Channel(peer, number, services.limits().maxMessageBytes()));
    metrics.channels.incrementAndGet();
    metrics.channelsOpened.increment();
    ByteBuf out = peer.out();
    int frame = Frames.method(out, number, Methods.CHANNEL_OPEN_OK);
    out.writeInt(0);
    Frames.end(out, frame);
  }

  /** The channels, as they are now. */
  List<ChannelStatus> channelStatuses() {
    return channels.values().stream().map(Channel::status).toList();
  }

  /** How the connection is, in RabbitMQ's words. */
  String stateName() {
    return switch (state) {
      case HANDSHAKE -> "starting";
      case OPEN -> peer.isBlocked() ? "blocked" : "running";
      case CLOSING, ENDED -> "closing";
    };
  }

  /** A channel is closed from both ends. */
  void closed(int channel) {
    if (channels.remove(channel) != null) {
      metrics.channels.decrementAndGet();
      metrics.channelsClosed.increment();
      services.usage().closeChannel(handshake.user());
    }
  }

  /** Hands on what was gathered while frames were read. */
  void handOn() {
    publishes.flush();
    for (Channel each : channels.values()) {
      each.flush();
    }
  }

  /** The socket takes more again. */
  void resume() {
    channels.values().forEach(Channel::resume);
  }

  /** Ends a connection whose user or virtual host has been deleted. */
  void accessChanged() {
    VirtualHost host = handshake.host();
    if (state == State.ENDED || state == State.CLOSING || !handshake.isAuthenticated()) {
      return;
    }
    AccessImage image = services.messaging().access().image();
    if (image.user(handshake.user()) == null) {
      fail(forced("user '" + handshake.user() + "' is deleted"), 0, 0);
    } else if (host != null && image.virtualHost(host.name()) == null) {
      fail(forced("vhost '" + host.name() + "' is deleted"), 0, 0);
    }
  }

  private static AmqpException forced(String why) {
    return new AmqpException(ReplyCode.CONNECTION_FORCED, why);
  }

  // ---- errors ----

  /** Answers what went wrong with what a frame asked for. */
  void failed(Throwable failure, int channel, int method) {
    switch (failure) {
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

  /** A refusal of the domain in the words of the protocol. */
  private static AmqpException refusal(TopologyException refused) {
    ReplyCode code =
        switch (refused.reason()) {
          case ACCESS_REFUSED -> ReplyCode.ACCESS_REFUSED;
          case NOT_FOUND -> ReplyCode.NOT_FOUND;
          case RESOURCE_LOCKED -> ReplyCode.RESOURCE_LOCKED;
          case PRECONDITION_FAILED -> ReplyCode.PRECONDITION_FAILED;
          case NOT_IMPLEMENTED -> ReplyCode.NOT_IMPLEMENTED;
        };
    return new AmqpException(code, String.valueOf(refused.getMessage()));
  }

  /** Closes the channel, or all of the connection, for an error. */
  void fail(AmqpException error, int number, int method) {
    if (state == State.CLOSING || state == State.ENDED) {
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
    metrics.closedForError.increment();
    if (!handshake.isAuthenticated() && error.code() == ReplyCode.ACCESS_REFUSED) {
      metrics.failedAuthentications.increment();
      if (!handshake.tellsOfFailure()) {
        connection.close();
        return;
      }
    }
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
    peer.after(LAST_WORD, connection::close);
  }

  /** Ends the channels and what they hold. */
  void end() {
    state = State.ENDED;
    peer.stopWaiting();
    publishes.flush();
    metrics.channels.addAndGet(-channels.size());
    metrics.channelsClosed.add(channels.size());
    for (Channel each : channels.values()) {
      each.end();
      services.usage().closeChannel(handshake.user());
    }
    channels.clear();
    VirtualHost host = handshake.takeHost();
    if (host != null) {
      services.usage().disconnect(handshake.user(), host.name());
      host.ended(connection);
    }
  }
}
