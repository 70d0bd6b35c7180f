package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.put;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.access.Right;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeTraffic;
import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code /api/exchanges}. */
final class ExchangesApi {

  private final ManagementSources sources;
  private final Sampler sampler;

  ExchangesApi(ManagementSources sources, Sampler sampler) {
    this.sources = sources;
    this.sampler = sampler;
  }

  List<ManagementEndpoint> endpoints() {
    String one = "/exchanges/{vhost}/{name}";
    return List.of(
        get("/exchanges", Access.MANAGEMENT, "all exchanges", this::all),
        get("/exchanges/{vhost}", Access.MANAGEMENT, "those of a virtual host", this::ofHost),
        get(one, Access.MANAGEMENT, "an exchange; `amq.default` is the default one", this::one),
        put(one, Access.MANAGEMENT, "declares one", this::declare),
        delete(one, Access.MANAGEMENT, "deletes one; `if-unused=true` asks first", this::remove));
  }

  private Answer all(Call call) {
    List<ObjectNode> documents = new ArrayList<>();
    for (VirtualHost host : sources.messaging().hosts()) {
      if (call.caller().sees(host.name())) {
        documents.addAll(of(call, host));
      }
    }
    return Listing.of(call, documents, "vhost", "name");
  }

  private Answer ofHost(Call call) {
    return Listing.of(call, of(call, call.host()), "vhost", "name");
  }

  private List<ObjectNode> of(Call call, VirtualHost host) {
    List<ObjectNode> documents = new ArrayList<>();
    documents.add(document(call, host, defaultOf(host), host.defaultTraffic()));
    for (Exchange exchange : host.exchanges()) {
      documents.add(document(call, host, exchange.definition(), exchange.traffic()));
    }
    return documents;
  }

  /** The default exchange as if it had been declared. */
  private static ExchangeDefinition defaultOf(VirtualHost host) {
    return new ExchangeDefinition(
        host.name(), "", ExchangeType.DIRECT, true, false, false, Map.of());
  }

  private Answer one(Call call) {
    VirtualHost host = call.host();
    String name = call.exchangeName("name");
    ObjectNode document;
    if (name.isEmpty()) {
      document = document(call, host, defaultOf(host), host.defaultTraffic());
    } else {
      Exchange exchange = find(host, name);
      document = document(call, host, exchange.definition(), exchange.traffic());
    }
    document.putArray("incoming");
    document.putArray("outgoing");
    return Answers.one(call, document);
  }

  private static Exchange find(VirtualHost host, String name) {
    Exchange exchange = host.exchange(name);
    if (exchange == null) {
      throw Refusal.notFound();
    }
    return exchange;
  }

  private ObjectNode document(
      Call call, VirtualHost host, ExchangeDefinition exchange, ExchangeTraffic traffic) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", exchange.name());
    document.put("vhost", host.name());
    document.put("type", exchange.type().label());
    document.put("durable", exchange.durable());
    document.put("auto_delete", exchange.autoDelete());
    document.put("internal", exchange.internal());
    document.set("arguments", Tables.json(exchange.arguments()));
    String policy = host.policies().ofExchange(exchange.name()).policy();
    if (policy != null) {
      document.put("policy", policy);
    }
    if (!call.isSet("disable_stats")) {
      new Details(sampler, call)
          .add(
              document.putObject("message_stats"),
              Metrics.TRAFFIC,
              Metrics.of(traffic),
              0,
              Subject.exchange(host.name(), exchange.name()),
              "msg_rates");
    }
    return document;
  }

  private Answer declare(Call call) throws InterruptedException {
    VirtualHost host = call.hostToChange();
    String name = call.exchangeName("name");
    if (name.isEmpty()) {
      throw Refusal.notAuthorised("Access refused.");
    }
    call.caller().check(Right.CONFIGURE, host.name(), name);
    boolean isNew = host.exchange(name) == null;
    Stages.await(host.declareExchange(definition(host.name(), name, call.body())));
    return Answers.put(isNew, call);
  }

  /** The exchange that a document describes. */
  static ExchangeDefinition definition(String host, String name, Body body) {
    String label = body.text("type", "direct");
    ExchangeType type = ExchangeType.of(label);
    if (type == null) {
      throw Refusal.badRequest("unknown exchange type '" + label + "'");
    }
    return new ExchangeDefinition(
        host,
        name,
        type,
        body.truth("durable", false),
        body.truth("auto_delete", false),
        body.truth("internal", false),
        Tables.table(body.object("arguments")));
  }

  private Answer remove(Call call) throws InterruptedException {
    VirtualHost host = call.host();
    String name = call.exchangeName("name");
    if (name.isEmpty()) {
      throw Refusal.notAuthorised("Access refused.");
    }
    Exchange unused = find(host, name);
    call.caller().check(Right.CONFIGURE, host.name(), name);
    Stages.await(host.deleteExchange(name, call.isSet("if-unused")));
    return Answer.noContent();
  }
}
