package io.millrace.amqp.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.amqp.auth.Mechanism;
import io.millrace.amqp.auth.Rights;
import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.FieldWriter;
import io.millrace.amqp.wire.Fields;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.queue.VirtualHost;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a client introduces itself.
 *
 * <pre>
 *   start → start-ok: who it is → tune → tune-ok: what is agreed → open: the virtual host → open
 * </pre>
 */
final class Handshake {

  /** What is expected next. */
  private enum Step {
    START_OK,
    TUNE_OK,
    OPEN,
    DONE
  }

  private static final Map<String, Object> SERVER_PROPERTIES = serverProperties();

  private final ConnectionServices services;
  private final ConnectionLimits limits;
  private final InetAddress from;
  private @Nullable String certified;
  private Step step = Step.START_OK;
  private String user = "";
  private String mechanism = "";
  private Map<String, Object> clientProperties = Map.of();
  private boolean tellsOfFailure;
  private boolean knowsCancel;
  private boolean knowsBlocked;
  private int frameMax;
  private int channelMax;
  private Duration heartbeat = Duration.ZERO;
  private @Nullable VirtualHost host;
  private @Nullable Rights rights;
  private boolean ended;

  Handshake(ConnectionServices services, InetAddress from) {
    this.services = services;
    this.limits = services.limits();
    this.from = from;
    this.frameMax = limits.frameMax();
  }

  private static Map<String, Object> serverProperties() {
    Map<String, Object> capabilities = new LinkedHashMap<>();
    for (String name :
        new String[] {
          "publisher_confirms",
          "exchange_exchange_bindings",
          "basic.nack",
          "consumer_cancel_notify",
          "connection.blocked",
          "consumer_priorities",
          "authentication_failure_close",
          "per_consumer_qos",
          "direct_reply_to"
        }) {
      capabilities.put(name, true);
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("product", "Millrace");
    // Clients compare it with versions of RabbitMQ to know what they may use.
    properties.put("version", "4.0.0");
    properties.put("platform", "Java");
    properties.put("information", "Queues on a log");
    properties.put("capabilities", capabilities);
    return properties;
  }

  /**
   * Begins, once the client has sent the protocol's header.
   *
   * @param certificate whom the client's certificate names, or null
   */
  void start(@Nullable String certificate, ByteBuf out) {
    certified = certificate;
    int frame = Frames.method(out, 0, Methods.CONNECTION_START);
    out.writeByte(0).writeByte(9);
    FieldWriter.table(out, SERVER_PROPERTIES);
    FieldWriter.longText(out, Mechanism.offered(certificate != null));
    FieldWriter.longText(out, "en_US");
    Frames.end(out, frame);
  }

  boolean isDone() {
    return step == Step.DONE;
  }

  /** Whether the client is known to be who it says. */
  boolean isAuthenticated() {
    return step != Step.START_OK;
  }

  /** Whether a client that is refused wants to be told. */
  boolean tellsOfFailure() {
    return tellsOfFailure;
  }

  String user() {
    return user;
  }

  String mechanism() {
    return mechanism;
  }

  /** What the client says of itself. */
  Map<String, Object> clientProperties() {
    return clientProperties;
  }

  int frameMax() {
    return frameMax;
  }

  int channelMax() {
    return channelMax;
  }

  Duration heartbeat() {
    return heartbeat;
  }

  boolean knowsCancel() {
    return knowsCancel;
  }

  boolean knowsBlocked() {
    return knowsBlocked;
  }

  @Nullable VirtualHost host() {
    return host;
  }

  /** The virtual host of a connection that ends, the first time. */
  @Nullable VirtualHost takeHost() {
    VirtualHost left = ended ? null : host;
    ended = true;
    return left;
  }

  @Nullable Rights rights() {
    return rights;
  }

  /** Takes the method that the client sends next. */
  void method(int method, ByteBuf in, ByteBuf out) {
    switch (method) {
      case Methods.CONNECTION_START_OK -> {
        expect(Step.START_OK, "connection.start-ok");
        startOk(in, out);
      }
      case Methods.CONNECTION_TUNE_OK -> {
        expect(Step.TUNE_OK, "connection.tune-ok");
        tuneOk(in);
      }
      case Methods.CONNECTION_OPEN -> {
        expect(Step.OPEN, "connection.open");
        open(in, out);
      }
      default ->
          throw new AmqpException(
              ReplyCode.COMMAND_INVALID,
              "no method "
                  + Methods.numberOf(method)
                  + " of class "
                  + Methods.classOf(method)
                  + " is expected while a connection is opened");
    }
  }

  private void expect(Step expected, String name) {
    if (step != expected) {
      throw new AmqpException(
          ReplyCode.COMMAND_INVALID, "no " + name + " is expected at this point");
    }
  }

  private void startOk(ByteBuf in, ByteBuf out) {
    Map<String, Object> client = Fields.table(in);
    String mechanism = Fields.shortText(in);
    byte[] response = Fields.longBytes(in);
    if (client.get("capabilities") instanceof Map<?, ?> capabilities) {
      tellsOfFailure = Boolean.TRUE.equals(capabilities.get("authentication_failure_close"));
      knowsCancel = Boolean.TRUE.equals(capabilities.get("consumer_cancel_notify"));
      knowsBlocked = Boolean.TRUE.equals(capabilities.get("connection.blocked"));
    }
    Mechanism known = Mechanism.named(mechanism);
    if (known == null || (known == Mechanism.EXTERNAL && certified == null)) {
      throw new AmqpException(
          ReplyCode.COMMAND_INVALID, "unsupported authentication mechanism '" + mechanism + "'");
    }
    String found = services.authenticator().authenticate(known, response, certified, from);
    if (found == null) {
      throw AmqpException.ofConnection(
          ReplyCode.ACCESS_REFUSED,
          "Login was refused using authentication mechanism "
              + mechanism
              + ". For details see the broker logfile.");
    }
    user = found;
    this.mechanism = mechanism;
    clientProperties = client;
    step = Step.TUNE_OK;
    int frame = Frames.method(out, 0, Methods.CONNECTION_TUNE);
    out.writeShort(limits.channelMax());
    out.writeInt(limits.frameMax());
    out.writeShort((int) limits.heartbeat().toSeconds());
    Frames.end(out, frame);
  }

  private void tuneOk(ByteBuf in) {
    int channels = Fields.unsignedShort(in);
    long frame = Integer.toUnsignedLong(Fields.number(in));
    heartbeat = Duration.ofSeconds(Fields.unsignedShort(in));
    channelMax = agreed("channel_max", channels, limits.channelMax(), 1);
    frameMax = agreed("frame_max", frame, limits.frameMax(), ConnectionLimits.LEAST_FRAME_MAX);
    step = Step.OPEN;
  }

  private static int agreed(String what, long asked, int most, int least) {
    if (asked == 0) {
      return most;
    }
    if (asked < least) {
      throw new AmqpException(
          ReplyCode.NOT_ALLOWED,
          "negotiated "
              + what
              + " = "
              + asked
              + " is lower than the minimum allowed value ("
              + least
              + ")");
    }
    if (asked > most) {
      throw new AmqpException(
          ReplyCode.NOT_ALLOWED,
          "negotiated "
              + what
              + " = "
              + asked
              + " is higher than the maximum allowed value ("
              + most
              + ")");
    }
    return (int) asked;
  }

  private void open(ByteBuf in, ByteBuf out) {
    String name = Fields.shortText(in);
    VirtualHost found = services.messaging().find(name);
    if (found == null) {
      throw new AmqpException(ReplyCode.NOT_ALLOWED, "vhost " + name + " not found");
    }
    AccessImage image = services.messaging().access().image();
    services.usage().connect(image, user, name);
    // Counted from here on, and given back when the connection ends.
    host = found;
    rights = new Rights(services.messaging().access(), user, name);
    if (!image.mayOpen(user, name)) {
      throw new AmqpException(
          ReplyCode.NOT_ALLOWED, "access to vhost '" + name + "' refused for user '" + user + "'");
    }
    step = Step.DONE;
    int frame = Frames.method(out, 0, Methods.CONNECTION_OPEN_OK);
    FieldWriter.shortText(out, "");
    Frames.end(out, frame);
  }

  /** A new secret of the client's. */
  void updateSecret(ByteBuf in, ByteBuf out) {
    byte[] unused = Fields.longBytes(in);
    String reason = Fields.shortText(in);
    assert reason.getBytes(UTF_8).length <= 255;
    // Passwords do not run out here, so there is nothing to renew.
    Frames.emptyMethod(out, 0, Methods.CONNECTION_UPDATE_SECRET_OK);
  }
}
