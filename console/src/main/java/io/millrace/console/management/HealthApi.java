package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.get;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.amqp.wire.PropertyFields;
import io.millrace.broker.queue.Message;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.QueueDeclaration;
import io.millrace.broker.queue.SinglePublisher;
import io.millrace.broker.queue.SinglePublisher.Outcome;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.broker.resource.ResourceAlarms;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Health checks: 200 when all is well, 503 with a reason when it is not. */
final class HealthApi {

  private static final String TEST_QUEUE = "aliveness-test";

  private final ManagementSources sources;

  HealthApi(ManagementSources sources) {
    this.sources = sources;
  }

  List<ManagementEndpoint> endpoints() {
    Access any = Access.MANAGEMENT;
    String checks = "/health/checks/";
    return List.of(
        get(checks + "alarms", any, "whether publishers are kept waiting", this::alarms),
        get(checks + "local-alarms", any, "the same", this::alarms),
        get(checks + "virtual-hosts", any, "whether all virtual hosts run", call -> ok()),
        get(checks + "port-listener/{port}", any, "whether a port is open", this::portListener),
        get(
            checks + "protocol-listener/{protocol}",
            any,
            "whether a protocol is served",
            this::protocolListener),
        get(
            checks + "certificate-expiration/{within}/{unit}",
            any,
            "whether a certificate runs out; the AMQP port has none",
            this::certificates),
        get(
            checks + "node-is-quorum-critical",
            any,
            "whether queues would lose their majority without this node",
            call -> singleNode()),
        get(
            checks + "node-is-mirror-sync-critical",
            any,
            "whether mirrors would be lost without this node",
            call -> singleNode()),
        get("/healthchecks/node", any, "the alarms", this::alarms),
        get("/healthchecks/node/{node}", any, "the same", this::alarms),
        get(
            "/aliveness-test/{vhost}",
            any,
            "declares a queue, publishes a message and takes it out",
            this::aliveness));
  }

  private static Answer ok() {
    return Answers.ok(JsonNodeFactory.instance.objectNode().put("status", "ok"));
  }

  private static Answer singleNode() {
    return Answers.ok(
        JsonNodeFactory.instance
            .objectNode()
            .put("status", "ok")
            .put("reason", "single node cluster"));
  }

  private static Answer failed(String reason, ObjectNode more) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("status", "failed").put("reason", reason);
    document.setAll(more);
    return Json.answer(503, document);
  }

  private Answer alarms(Call call) {
    ResourceAlarms alarms = sources.messaging().alarms();
    if (!alarms.isRaised()) {
      return ok();
    }
    ObjectNode more = JsonNodeFactory.instance.objectNode();
    ArrayNode raised = more.putArray("alarms");
    if (alarms.isMemoryFull()) {
      raised.addObject().put("node", sources.nodeName()).put("resource", "memory");
    }
    if (alarms.isDiskLow()) {
      raised.addObject().put("node", sources.nodeName()).put("resource", "disk");
    }
    return failed("There are alarms in effect in the cluster", more);
  }

  private Answer portListener(Call call) {
    int port;
    try {
      port = Integer.parseInt(call.path("port"));
    } catch (NumberFormatException e) {
      throw Refusal.badRequest("Invalid port");
    }
    ArrayNode ports = JsonNodeFactory.instance.arrayNode();
    for (var listener : OverviewApi.listeners(sources)) {
      ports.add(listener.get("port"));
      if (listener.get("port").asInt() == port) {
        return Answers.ok(
            JsonNodeFactory.instance.objectNode().put("status", "ok").put("port", port));
      }
    }
    ObjectNode more = JsonNodeFactory.instance.objectNode();
    more.put("missing", port).set("ports", ports);
    return failed("No active listener", more);
  }

  private Answer protocolListener(Call call) {
    String protocol = call.path("protocol");
    String plain = Set.of("amqp091", "amqp0.9.1").contains(protocol) ? "amqp" : protocol;
    ArrayNode protocols = JsonNodeFactory.instance.arrayNode();
    for (var listener : OverviewApi.listeners(sources)) {
      protocols.add(listener.get("protocol"));
      if (listener.get("protocol").asText().equals(plain)) {
        return Answers.ok(
            JsonNodeFactory.instance.objectNode().put("status", "ok").put("protocol", protocol));
      }
    }
    ObjectNode more = JsonNodeFactory.instance.objectNode();
    more.put("missing", protocol).set("protocols", protocols);
    return failed("No active listener", more);
  }

  private Answer certificates(Call call) {
    try {
      if (Integer.parseInt(call.path("within")) < 0) {
        throw Refusal.badRequest("Invalid expiration value.");
      }
    } catch (NumberFormatException e) {
      throw Refusal.badRequest("Invalid expiration value.");
    }
    if (!Set.of("days", "weeks", "months", "years").contains(call.path("unit"))) {
      throw Refusal.badRequest("Time unit not recognised. Use: days, weeks, months, years.");
    }
    return ok();
  }

  private Answer aliveness(Call call) throws InterruptedException {
    VirtualHost host = call.host();
    MessageQueue queue =
        Stages.await(
            host.declareQueue(
                new QueueDeclaration(host.name(), TEST_QUEUE, false, null, false, Map.of())));
    Message message =
        new Message(
            "",
            TEST_QUEUE,
            PropertyFields.write(Map.of()),
            "test_message".getBytes(StandardCharsets.UTF_8));
    Outcome outcome = Stages.await(new SinglePublisher(host).publish(null, message));
    CompletableFuture<Boolean> got = new CompletableFuture<>();
    queue.get(true, (delivery, left) -> got.complete(delivery != null));
    if (outcome == Outcome.TAKEN && Stages.await(got)) {
      return ok();
    }
    return failed("The message did not come out again", JsonNodeFactory.instance.objectNode());
  }
}
