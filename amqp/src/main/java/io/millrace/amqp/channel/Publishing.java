package io.millrace.amqp.channel;

import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.BasicProperties;
import io.millrace.amqp.wire.FieldWriter;
import io.millrace.amqp.wire.Fields;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.amqp.wire.RepeatedText;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.access.Right;
import io.millrace.broker.exchange.Destination;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.RouteSet;
import io.millrace.broker.queue.Inbox;
import io.millrace.broker.queue.Message;
import io.millrace.broker.queue.MessageCounter;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.Receipt;
import io.millrace.broker.queue.SharedBody;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of a message together, and sends it where it goes.
 *
 * <pre>
 *   idle ──publish──→ header expected ──header──→ body expected ──all of it──→ idle
 * </pre>
 *
 * <p>A body takes memory as it arrives, whatever its header claims.
 */
final class Publishing {

  private static final byte[] NOTHING = {};

  private final Peer peer;
  private final int channel;
  private final int maxMessageBytes;
  private final MessageCounter counter;
  private final RouteSet routes = new RouteSet();
  private @Nullable Confirms confirms;
  private @Nullable Transaction transaction;
  private @Nullable String replyName;

  // What a publisher says again and again is taken over from its message before.
  private final RepeatedText exchanges = new RepeatedText();
  private final RepeatedText routingKeys = new RepeatedText();
  private @Nullable BasicProperties lastProperties;

  private boolean expectsHeader;
  private boolean expectsBody;
  private String exchange = "";
  private String routingKey = "";
  private boolean mandatory;
  private @Nullable BasicProperties properties;
  private byte[] body = NOTHING;
  private int bodyBytes;
  private int received;

  Publishing(Peer peer, int channel, int maxMessageBytes, MessageCounter counter) {
    this.peer = peer;
    this.channel = channel;
    this.maxMessageBytes = maxMessageBytes;
    this.counter = counter;
  }

  /** Messages are confirmed from now on. */
  void confirmBy(Confirms tracker) {
    confirms = tracker;
  }

  /** Messages are held back from now on until they are committed. */
  void holdBackIn(Transaction held) {
    transaction = held;
  }

  /** Requests that ask for a direct answer carry that name. */
  void answerTo(@Nullable String name) {
    replyName = name;
  }

  /** Whether frames of a content have to come next. */
  boolean isOpen() {
    return expectsHeader || expectsBody;
  }

  // ---- frames ----

  void begin(ByteBuf in) {
    int unused = Fields.unsignedShort(in);
    exchange = exchanges.read(in);
    routingKey = routingKeys.read(in);
    int bits = Fields.bits(in);
    mandatory = (bits & 1) != 0;
    if ((bits & 2) != 0) {
      throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "immediate=true");
    }
    expectsHeader = true;
  }

  void header(ByteBuf in) {
    if (!expectsHeader) {
      throw new AmqpException(
          ReplyCode.UNEXPECTED_FRAME, "expected method frame, got content header frame instead");
    }
    expectsHeader = false;
    int contentClass = Fields.unsignedShort(in);
    if (contentClass != Methods.BASIC_CLASS) {
      throw new AmqpException(
          ReplyCode.UNEXPECTED_FRAME,
          "expected content header for class 60, got one for class " + contentClass + " instead");
    }
    int unused = Fields.unsignedShort(in);
    long size = Fields.longNumber(in);
    properties = BasicProperties.read(in, lastProperties);
    lastProperties = properties;
    if (size < 0 || size > maxMessageBytes) {
      throw new AmqpException(
          ReplyCode.PRECONDITION_FAILED,
          "message size "
              + Long.toUnsignedString(size)
              + " is larger than configured max size "
              + maxMessageBytes);
    }
    bodyBytes = (int) size;
    received = 0;
    body = NOTHING;
    expectsBody = bodyBytes > 0;
    if (!expectsBody) {
      publish();
    }
  }

  void body(ByteBuf in) {
    if (!expectsBody) {
      throw new AmqpException(
          ReplyCode.UNEXPECTED_FRAME,
          expectsHeader
              ? "expected content header for class 60, got non content header frame instead"
              : "expected method frame, got content body frame instead");
    }
    int bytes = in.readableBytes();
    if (bytes > bodyBytes - received) {
      throw new AmqpException(
          ReplyCode.FRAME_ERROR,
          "a content body of " + bodyBytes + " bytes is followed by more of it");
    }
    if (received + bytes > body.length) {
      // Twice what has come, so that a header that claims much costs as much as what follows it.
      body = Arrays.copyOf(body, (int) Math.min(bodyBytes, 2L * (received + bytes)));
    }
    in.readBytes(body, received, bytes);
    received += bytes;
    if (received == bodyBytes) {
      expectsBody = false;
      publish();
    }
  }

  // ---- routing ----

  private void publish() {
    BasicProperties given = Objects.requireNonNull(properties);
    properties = null;
    byte[] whole = body;
    body = NOTHING;
    String userId = given.userId();
    if (userId != null && !userId.equals(peer.user())) {
      throw new AmqpException(
          ReplyCode.PRECONDITION_FAILED,
          "user_id property set to '"
              + userId
              + "' but authenticated user was '"
              + peer.user()
              + "'");
    }
    if (replyName != null && ReplyTargets.PSEUDO_QUEUE.equals(given.replyTo())) {
      given = given.withReplyTo(replyName);
    }
    peer.rights().checkExchange(Right.WRITE, exchange);
    Exchange to = exchange.isEmpty() ? null : exchange();
    if (to != null) {
      peer.rights().checkTopic(Right.WRITE, to, routingKey);
    }
    Message message = new Message(exchange, routingKey, given, whole);
    if (transaction != null) {
      transaction.add(to, message, mandatory);
    } else {
      send(to, message, mandatory);
    }
  }

  private Exchange exchange() {
    Exchange found = peer.host().exchange(exchange);
    if (found == null) {
      throw new AmqpException(
          ReplyCode.NOT_FOUND,
          "no exchange '" + exchange + "' in vhost '" + peer.host().name() + "'");
    }
    if (found.definition().internal()) {
      throw new AmqpException(
          ReplyCode.ACCESS_REFUSED,
          "cannot publish to internal exchange '"
              + exchange
              + "' in vhost '"
              + peer.host().name()
              + "'");
    }
    return found;
  }

  /** Sends a message to its queues, or back. */
  private void send(@Nullable Exchange to, Message message, boolean isMandatory) {
    List<Destination.Queue> queues = route(to, message);
    Confirms tracker = confirms;
    if (queues.isEmpty()) {
      boolean answered =
          to == null && ReplyTargets.isName(message.routingKey()) && peer.replies().send(message);
      if (!answered) {
        unroutable(message, isMandatory);
      }
      if (tracker != null) {
        Receipt unused = tracker.expect(0);
      }
      return;
    }
    Message stored = peer.host().share(withoutBlindCopies(message), queues);
    hand(queues, stored, tracker == null ? null : tracker.expect(parts(queues, stored)));
  }

  /** How many have to take a message before it is confirmed. */
  private static int parts(List<Destination.Queue> queues, Message message) {
    return queues.size() + (message.shared() == null ? 0 : 1);
  }

  /** As {@link #send}, when a transaction is committed, whose receipt it is. */
  void commit(@Nullable Exchange to, Message message, boolean isMandatory, Transaction.Pending of) {
    List<Destination.Queue> queues = route(to, message);
    if (queues.isEmpty()) {
      unroutable(message, isMandatory);
    } else {
      Message stored = peer.host().share(withoutBlindCopies(message), queues);
      hand(queues, stored, of.receipt(parts(queues, stored)));
    }
  }

  private void hand(List<Destination.Queue> queues, Message message, @Nullable Receipt receipt) {
    SharedBody shared = message.shared();
    if (shared != null && receipt != null) {
      peer.host().whenDurable(shared, receipt);
    }
    Publication publication = new Publication(message, receipt);
    PublishBatch batch = peer.publishes();
    for (int i = 0; i < queues.size(); i++) {
      batch.add((Inbox) queues.get(i), publication);
    }
  }

  private List<Destination.Queue> route(@Nullable Exchange to, Message message) {
    routes.clear();
    peer.host().route(to, message, routes);
    Map<String, Object> headers = message.headers();
    if (!headers.isEmpty()) {
      for (String key : copies(headers)) {
        if (to != null) {
          peer.rights().checkTopic(Right.WRITE, to, key);
        }
        peer.host()
            .route(to, new Message(message.exchange(), key, message.properties(), NOTHING), routes);
      }
    }
    List<Destination.Queue> queues = routes.queues();
    (to == null ? peer.host().defaultTraffic() : to.traffic()).published(queues.size());
    counter.add(Count.PUBLISH, 1);
    return queues;
  }

  /** Further routing keys, in the headers CC and BCC. */
  private static List<String> copies(Map<String, Object> headers) {
    List<String> keys = new ArrayList<>();
    for (String name : List.of("CC", "BCC")) {
      Object value = headers.get(name);
      if (value == null) {
        continue;
      }
      if (!(value instanceof List<?> list)) {
        throw new AmqpException(
            ReplyCode.PRECONDITION_FAILED,
            "invalid_parameter: the header " + name + " is no array of routing keys");
      }
      for (Object key : list) {
        if (key instanceof String text) {
          keys.add(text);
        }
      }
    }
    return keys;
  }

  private static Message withoutBlindCopies(Message message) {
    Map<String, Object> headers = message.headers();
    if (!headers.containsKey("BCC")) {
      return message;
    }
    Map<String, Object> left = new LinkedHashMap<>(headers);
    left.remove("BCC");
    return new Message(
        message.exchange(),
        message.routingKey(),
        message.properties().with(left, false),
        message.body());
  }

  private void unroutable(Message message, boolean isMandatory) {
    if (isMandatory) {
      counter.add(Count.RETURN_UNROUTABLE, 1);
      giveBack(message);
    } else {
      counter.add(Count.DROP_UNROUTABLE, 1);
    }
  }

  private void giveBack(Message message) {
    ByteBuf out = peer.out();
    int frame = Frames.method(out, channel, Methods.BASIC_RETURN);
    out.writeShort(ReplyCode.NO_ROUTE.number());
    FieldWriter.shortText(out, ReplyCode.NO_ROUTE.name());
    FieldWriter.shortText(out, message.exchange());
    FieldWriter.shortText(out, message.routingKey());
    Frames.end(out, frame);
    Frames.content(out, channel, message, peer.frameMax());
  }
}
