package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.put;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.access.VirtualHostDefinition;
import io.millrace.broker.access.VirtualHostLimits;
import io.millrace.broker.exchange.TopologyEntry.Parameter;
import io.millrace.broker.policy.RuntimeParameters;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /api/parameters}, {@code /api/global-parameters}, {@code /api/vhost-limits} and the name
 * of the cluster. Of the components of parameters there is {@code vhost-limits}; others belong to
 * plugins.
 */
final class ParametersApi {

  static final String LIMITS = "vhost-limits";
  private static final String CLUSTER_NAME = "cluster_name";

  private final ManagementSources sources;

  ParametersApi(ManagementSources sources) {
    this.sources = sources;
  }

  List<ManagementEndpoint> endpoints() {
    Access admin = Access.ADMINISTRATOR;
    String one = "/parameters/{component}/{vhost}/{name}";
    String global = "/global-parameters/{name}";
    String limit = "/vhost-limits/{vhost}/{name}";
    return List.of(
        get("/parameters", Access.POLICYMAKER, "parameters of all components", this::all),
        get("/parameters/{component}", Access.POLICYMAKER, "of one component", this::all),
        get(
            "/parameters/{component}/{vhost}",
            Access.POLICYMAKER,
            "those of a virtual host",
            this::ofHost),
        get(one, Access.POLICYMAKER, "one of them", this::one),
        put(one, Access.POLICYMAKER, "sets one", this::set),
        delete(one, Access.POLICYMAKER, "takes one away", this::clear),
        get("/global-parameters", Access.POLICYMAKER, "global parameters", this::globals),
        get(global, Access.POLICYMAKER, "one of them", this::global),
        put(global, admin, "sets one", this::setGlobal),
        delete(global, admin, "takes one away", this::clearGlobal),
        get("/vhost-limits", Access.MANAGEMENT, "limits of virtual hosts", this::limits),
        get("/vhost-limits/{vhost}", Access.MANAGEMENT, "those of one", this::limitsOfHost),
        put(limit, admin, "sets `max-connections` or `max-queues`", this::setLimit),
        delete(limit, admin, "takes a limit away", this::clearLimit),
        get("/cluster-name", Access.MANAGEMENT, "the cluster's name", this::clusterName),
        put("/cluster-name", admin, "changes it", this::setClusterName));
  }

  private RuntimeParameters parameters() {
    return sources.messaging().parameters();
  }

  // ---- parameters of virtual hosts ----

  /** The limits of a host as RabbitMQ has them; empty when there are none. */
  static ObjectNode limitsOf(VirtualHostDefinition host) {
    ObjectNode value = JsonNodeFactory.instance.objectNode();
    if (host.limits().maxConnections() >= 0) {
      value.put("max-connections", host.limits().maxConnections());
    }
    if (host.limits().maxQueues() >= 0) {
      value.put("max-queues", host.limits().maxQueues());
    }
    return value;
  }

  private List<ObjectNode> documents(Call call) {
    List<ObjectNode> all = new ArrayList<>();
    String component = call.request().path().get("component");
    if (component == null || component.equals(LIMITS)) {
      for (VirtualHostDefinition host : sources.messaging().access().image().virtualHosts()) {
        ObjectNode value = limitsOf(host);
        if (!value.isEmpty() && call.caller().sees(host.name())) {
          all.add(document(host.name(), LIMITS, "limits", value));
        }
      }
    }
    return all;
  }

  static ObjectNode document(String host, String component, String name, JsonNode value) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.set("value", value);
    document.put("vhost", host);
    document.put("component", component);
    document.put("name", name);
    return document;
  }

  private Answer all(Call call) {
    return Listing.of(call, documents(call), "vhost", "name");
  }

  private Answer ofHost(Call call) {
    VirtualHost host = call.host();
    return Listing.of(
        call,
        documents(call).stream()
            .filter(each -> each.path("vhost").asText().equals(host.name()))
            .toList(),
        "name");
  }

  private Answer one(Call call) {
    VirtualHost host = call.host();
    for (ObjectNode each : documents(call)) {
      if (each.path("vhost").asText().equals(host.name())
          && each.path("name").asText().equals(call.path("name"))) {
        return Answers.one(call, each);
      }
    }
    throw Refusal.notFound();
  }

  private Answer set(Call call) throws InterruptedException {
    VirtualHost host = call.hostToChange();
    Body body = call.body().require("value");
    set(sources, host.name(), call.path("component"), body);
    return Answers.created(call.path("name"));
  }

  /**
   * Sets a parameter of a component that is known.
   *
   * @param body has a {@code value}
   */
  static void set(ManagementSources sources, String host, String component, Body body)
      throws InterruptedException {
    if (!component.equals(LIMITS)) {
      throw PolicyDocuments.failed("component " + component + " not found");
    }
    Body value = new Body(body.object("value"));
    putLimits(
        sources,
        host,
        new VirtualHostLimits(
            (int) value.number("max-connections", -1), (int) value.number("max-queues", -1)));
  }

  private static void putLimits(ManagementSources sources, String host, VirtualHostLimits limits)
      throws InterruptedException {
    VirtualHostDefinition present = sources.messaging().access().image().virtualHost(host);
    if (present == null) {
      throw new Refusal(404, "not_found", "vhost_not_found");
    }
    VirtualHost unused =
        Stages.await(sources.messaging().putVirtualHost(present.withLimits(limits)));
  }

  private Answer clear(Call call) throws InterruptedException {
    Answer unused = one(call);
    putLimits(sources, call.host().name(), VirtualHostLimits.NONE);
    return Answer.noContent();
  }

  // ---- limits ----

  private Answer limits(Call call) {
    return Answers.ok(limitsWhere(call, null));
  }

  private Answer limitsOfHost(Call call) {
    return Answers.ok(limitsWhere(call, call.host().name()));
  }

  private JsonNode limitsWhere(Call call, @org.jspecify.annotations.Nullable String only) {
    var list = JsonNodeFactory.instance.arrayNode();
    for (VirtualHostDefinition host : sources.messaging().access().image().virtualHosts()) {
      ObjectNode value = limitsOf(host);
      if (!value.isEmpty()
          && call.caller().sees(host.name())
          && (only == null || only.equals(host.name()))) {
        list.addObject().put("vhost", host.name()).set("value", value);
      }
    }
    return list;
  }

  private Answer setLimit(Call call) throws InterruptedException {
    return changeLimit(call, call.body().require("value").number("value", -1));
  }

  private Answer clearLimit(Call call) throws InterruptedException {
    return changeLimit(call, -1);
  }

  private Answer changeLimit(Call call, long value) throws InterruptedException {
    VirtualHost host = call.hostToChange();
    VirtualHostDefinition present = sources.messaging().access().image().virtualHost(host.name());
    VirtualHostLimits limits = present == null ? VirtualHostLimits.NONE : present.limits();
    int number = Math.clamp(value, -1, Integer.MAX_VALUE);
    VirtualHostLimits changed =
        switch (call.path("name")) {
          case "max-connections" -> new VirtualHostLimits(number, limits.maxQueues());
          case "max-queues" -> new VirtualHostLimits(limits.maxConnections(), number);
          default ->
              throw PolicyDocuments.failed(
                  "Unrecognised terms [" + call.path("name") + "] in limits");
        };
    putLimits(sources, host.name(), changed);
    return Answer.noContent();
  }

  // ---- global parameters ----

  static ObjectNode json(Parameter global) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", global.name());
    document.set("value", Tables.json(java.util.Map.of("value", global.value())).get("value"));
    return document;
  }

  private Answer globals(Call call) {
    return Listing.of(
        call, parameters().globals().stream().map(ParametersApi::json).toList(), "name");
  }

  private Parameter findGlobal(Call call) {
    Parameter found = parameters().global(call.path("name"));
    if (found == null) {
      throw Refusal.notFound();
    }
    return found;
  }

  private Answer global(Call call) {
    return Answers.one(call, json(findGlobal(call)));
  }

  private Answer setGlobal(Call call) throws InterruptedException {
    JsonNode value = call.body().require("value").members().get("value");
    boolean isNew = parameters().global(call.path("name")) == null;
    Stages.await(parameters().putGlobal(call.path("name"), Tables.value(value)));
    return Answers.put(isNew, call);
  }

  private Answer clearGlobal(Call call) throws InterruptedException {
    Stages.await(parameters().remove(findGlobal(call)));
    return Answer.noContent();
  }

  private Answer clusterName(Call call) {
    return Answers.ok(JsonNodeFactory.instance.objectNode().put("name", nameOf(sources)));
  }

  /** The cluster's name: that of the node until it is given another. */
  static String nameOf(ManagementSources sources) {
    Parameter named = sources.messaging().parameters().global(CLUSTER_NAME);
    return named == null ? sources.nodeName() : String.valueOf(named.value());
  }

  private Answer setClusterName(Call call) throws InterruptedException {
    String name = call.body().require("name").text("name", "");
    Stages.await(parameters().putGlobal(CLUSTER_NAME, name));
    return Answer.noContent();
  }
}
