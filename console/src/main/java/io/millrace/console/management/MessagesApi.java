package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.post;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.amqp.wire.BasicProperties;
import io.millrace.amqp.wire.PropertyFields;
import io.millrace.broker.access.Right;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Message;
import io.millrace.broker.queue.MessageCounter;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.queue.SinglePublisher;
import io.millrace.broker.queue.SinglePublisher.Outcome;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Publishing and getting single messages, to try things out. */
final class MessagesApi {

  private static final int MOST_MESSAGES = 10_000;

  private final ManagementSources sources;

  MessagesApi(ManagementSources sources) {
    this.sources = sources;
  }

  List<ManagementEndpoint> endpoints() {
    return List.of(
        post(
            "/exchanges/{vhost}/{name}/publish",
            Access.MANAGEMENT,
            "publishes a message, and tells whether it was routed",
            this::publish),
        post(
            "/queues/{vhost}/{name}/get",
            Access.MANAGEMENT,
            "takes messages out, and puts them back when `ackmode` says so",
            this::get));
  }

  // ---- publish ----

  private Answer publish(Call call) throws InterruptedException {
    VirtualHost host = call.hostToChange();
    Body body = call.body().require("routing_key", "properties", "payload", "payload_encoding");
    String name = call.exchangeName("name");
    Exchange exchange = name.isEmpty() ? null : exchange(host, name);
    call.caller().check(Right.WRITE, host.name(), name);
    byte[] payload = payload(body);
    int most = sources.messaging().settings().maxMessageBytes();
    if (payload.length > most) {
      throw Refusal.badRequest(
          "message size " + payload.length + " is larger than configured max size " + most);
    }
    BasicProperties properties = properties(body.object("properties"));
    String user = properties.userId();
    if (user != null && !user.equals(call.caller().user())) {
      throw Refusal.badRequest(
          "406 PRECONDITION_FAILED - user_id property set to '"
              + user
              + "' but authenticated user was '"
              + call.caller().user()
              + "'");
    }
    Message message = new Message(name, body.text("routing_key", ""), properties, payload);
    Outcome outcome = Stages.await(new SinglePublisher(host).publish(exchange, message));
    count(host, Count.PUBLISH, 1);
    if (outcome == Outcome.REFUSED) {
      throw Refusal.badRequest("rejected: a queue that the message was routed to is full");
    }
    return Answers.ok(
        JsonNodeFactory.instance.objectNode().put("routed", outcome == Outcome.TAKEN));
  }

  private static Exchange exchange(VirtualHost host, String name) {
    Exchange exchange;
    try {
      exchange = host.exchangeOrRefuse(name);
    } catch (TopologyException e) {
      throw Refusal.badRequest("404 NOT_FOUND - " + e.getMessage());
    }
    if (exchange.definition().internal()) {
      throw Refusal.badRequest(
          "403 ACCESS_REFUSED - cannot publish to internal exchange '"
              + name
              + "' in vhost '"
              + host.name()
              + "'");
    }
    return exchange;
  }

  private static void count(VirtualHost host, Count what, int messages) {
    MessageCounter counter = new MessageCounter();
    counter.add(what, messages);
    host.channelEnded(counter.counts());
  }

  private static byte[] payload(Body body) {
    String payload = body.text("payload", "");
    String encoding = body.text("payload_encoding", "");
    return switch (encoding) {
      case "string" -> payload.getBytes(StandardCharsets.UTF_8);
      case "base64" -> {
        try {
          yield Base64.getDecoder().decode(payload);
        } catch (IllegalArgumentException e) {
          throw Refusal.badRequest("not_base64", payload);
        }
      }
      default -> throw Refusal.badRequest("unsupported_encoding", encoding);
    };
  }

  private static BasicProperties properties(ObjectNode given) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : given.properties()) {
      String name = each.getKey();
      JsonNode value = each.getValue();
      fields.put(
          name,
          name.equals("timestamp") && value.canConvertToLong()
              ? Instant.ofEpochSecond(value.longValue())
              : Tables.value(value));
    }
    try {
      return PropertyFields.write(fields);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest(String.valueOf(e.getMessage()));
    }
  }

  // ---- get ----

  /** What becomes of a message that was got. */
  private enum AckMode {
    ACK_REQUEUE_TRUE(false, Settlement.REQUEUE),
    ACK_REQUEUE_FALSE(true, Settlement.ACKNOWLEDGE),
    REJECT_REQUEUE_TRUE(false, Settlement.REQUEUE),
    REJECT_REQUEUE_FALSE(false, Settlement.REJECT);

    final boolean autoAcknowledge;
    final Settlement settlement;

    AckMode(boolean autoAcknowledge, Settlement settlement) {
      this.autoAcknowledge = autoAcknowledge;
      this.settlement = settlement;
    }

    static AckMode of(String name) {
      for (AckMode each : values()) {
        if (each.name().equalsIgnoreCase(name)) {
          return each;
        }
      }
      throw Refusal.badRequest("unsupported_ackmode", name);
    }
  }

  /** One message and how many were behind it. */
  private record Got(@Nullable Delivery delivery, long left) {}

  private Answer get(Call call) throws InterruptedException {
    VirtualHost host = call.hostToChange();
    Body body = call.body().require("ackmode", "encoding", "count");
    AckMode mode = AckMode.of(body.text("ackmode", ""));
    String encoding = body.text("encoding", "");
    if (!encoding.equals("auto") && !encoding.equals("base64")) {
      throw Refusal.badRequest("unsupported_encoding", encoding);
    }
    long count = body.number("count", 1);
    long truncate = body.number("truncate", -1);
    MessageQueue queue = queue(host, call.path("name"));
    call.caller().check(Right.READ, host.name(), queue.name());
    ArrayNode messages = JsonNodeFactory.instance.arrayNode();
    List<Delivery> held = new ArrayList<>();
    try {
      while (messages.size() < Math.min(count, MOST_MESSAGES)) {
        CompletableFuture<Got> next = new CompletableFuture<>();
        queue.get(mode.autoAcknowledge, (found, left) -> next.complete(new Got(found, left)));
        Got got = Stages.await(next);
        Delivery delivery = got.delivery;
        if (delivery == null) {
          break;
        }
        if (!mode.autoAcknowledge) {
          held.add(delivery);
        }
        messages.add(document(delivery, got.left, encoding, truncate));
      }
    } finally {
      if (!held.isEmpty()) {
        queue.settle(held, mode.settlement);
      }
    }
    count(host, mode.autoAcknowledge ? Count.GET_NO_ACK : Count.GET, messages.size());
    return Answers.ok(messages);
  }

  private static MessageQueue queue(VirtualHost host, String name) {
    try {
      return host.queueOrRefuse(name, null);
    } catch (TopologyException e) {
      Refusal refused = ManagementApi.refusal(e);
      throw refused.status() == 404
          ? new Refusal(404, "not_found", "NOT_FOUND - " + e.getMessage())
          : refused;
    }
  }

  private static ObjectNode document(Delivery delivery, long left, String encoding, long truncate) {
    Message message = delivery.message();
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("payload_bytes", message.body().length);
    document.put("redelivered", delivery.redelivered());
    document.put("exchange", message.exchange());
    document.put("routing_key", message.routingKey());
    document.put("message_count", left);
    Map<String, Object> properties =
        message.properties() instanceof BasicProperties basic
            ? PropertyFields.read(basic)
            : Map.of();
    if (properties.isEmpty()) {
      // RabbitMQ writes no properties as an empty list.
      document.putArray("properties");
    } else {
      document.set("properties", Tables.json(properties));
    }
    byte[] body = message.body();
    if (truncate >= 0 && truncate < body.length) {
      body = Arrays.copyOf(body, (int) truncate);
    }
    String text = encoding.equals("auto") ? Tables.utf8(body) : null;
    document.put("payload", text == null ? Base64.getEncoder().encodeToString(body) : text);
    document.put("payload_encoding", text == null ? "base64" : "string");
    return document;
  }
}
