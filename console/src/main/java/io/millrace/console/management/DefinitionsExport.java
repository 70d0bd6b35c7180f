package io.millrace.console.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.VirtualHostDefinition;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.policy.Policy;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.VirtualHost;

/**
 * Writes down all that was declared, in the form that RabbitMQ's definitions have: users,
 * permissions, virtual hosts, policies, queues, exchanges and bindings. Queues that belong to a
 * connection are left out, and so is what every virtual host has from the start.
 */
final class DefinitionsExport {

  private final ManagementSources sources;

  DefinitionsExport(ManagementSources sources) {
    this.sources = sources;
  }

  /** Of the whole node. */
  ObjectNode all() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("rabbit_version", OverviewApi.VERSION);
    document.put("rabbitmq_version", OverviewApi.VERSION);
    document.put("product_name", "Millrace");
    document.put("product_version", sources.node().version());
    AccessImage image = sources.messaging().access().image();
    ArrayNode users = document.putArray("users");
    image.users().forEach(each -> users.add(UserDocuments.json(each)));
    ArrayNode hosts = document.putArray("vhosts");
    for (VirtualHostDefinition each : image.virtualHosts()) {
      VirtualHostsApi.describe(hosts.addObject().put("name", each.name()), each);
    }
    ArrayNode permissions = document.putArray("permissions");
    image.permissions().forEach(each -> permissions.add(UserDocuments.json(each)));
    ArrayNode topics = document.putArray("topic_permissions");
    image.topicPermissions().forEach(each -> topics.add(UserDocuments.json(each)));
    ArrayNode globals = document.putArray("global_parameters");
    sources
        .messaging()
        .parameters()
        .globals()
        .forEach(each -> globals.add(ParametersApi.json(each)));
    Lists lists = new Lists(document, true);
    sources.messaging().hosts().forEach(lists::add);
    return document;
  }

  /** Of one virtual host, without users and without its name. */
  ObjectNode of(VirtualHost host) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("rabbit_version", OverviewApi.VERSION);
    document.put("rabbitmq_version", OverviewApi.VERSION);
    new Lists(document, false).add(host);
    return document;
  }

  /** The lists of what is in virtual hosts. */
  private final class Lists {
    private final boolean namesHosts;
    private final ArrayNode parameters;
    private final ArrayNode policies;
    private final ArrayNode queues;
    private final ArrayNode exchanges;
    private final ArrayNode bindings;

    Lists(ObjectNode document, boolean namesHosts) {
      this.namesHosts = namesHosts;
      parameters = document.putArray("parameters");
      policies = document.putArray("policies");
      queues = document.putArray("queues");
      exchanges = document.putArray("exchanges");
      bindings = document.putArray("bindings");
    }

    void add(VirtualHost host) {
      addParameters(host);
      for (Policy each : host.policies().all(false)) {
        policies.add(PolicyDocuments.json(each));
      }
      for (MessageQueue each : host.queues()) {
        if (each.declaration().owner() == null) {
          queues.add(queue(host, each));
        }
      }
      for (Exchange each : host.exchanges()) {
        if (!each.name().startsWith("amq.")) {
          exchanges.add(exchange(host, each.definition()));
        }
      }
      for (Binding each : host.allBindings()) {
        MessageQueue queue = each.toExchange() ? null : host.queue(each.destination());
        if (queue == null || queue.declaration().owner() == null) {
          bindings.add(binding(each));
        }
      }
    }

    private void addParameters(VirtualHost host) {
      VirtualHostDefinition definition =
          sources.messaging().access().image().virtualHost(host.name());
      if (definition != null && !ParametersApi.limitsOf(definition).isEmpty()) {
        parameters.add(
            ParametersApi.document(
                host.name(), ParametersApi.LIMITS, "limits", ParametersApi.limitsOf(definition)));
      }
      for (Policy each : host.policies().all(true)) {
        parameters.add(
            ParametersApi.document(
                host.name(),
                Policy.OPERATOR_COMPONENT,
                each.name(),
                PolicyDocuments.value(JsonNodeFactory.instance.objectNode(), each)));
      }
    }

    private ObjectNode named(VirtualHost host, String name) {
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      document.put("name", name);
      if (namesHosts) {
        document.put("vhost", host.name());
      }
      return document;
    }

    private ObjectNode queue(VirtualHost host, MessageQueue queue) {
      ObjectNode document = named(host, queue.name());
      document.put("durable", queue.declaration().durable());
      document.put("auto_delete", queue.declaration().autoDelete());
      document.set("arguments", Tables.json(queue.declaration().arguments()));
      return document;
    }

    private ObjectNode exchange(VirtualHost host, ExchangeDefinition exchange) {
      ObjectNode document = named(host, exchange.name());
      document.put("type", exchange.type().label());
      document.put("durable", exchange.durable());
      document.put("auto_delete", exchange.autoDelete());
      document.put("internal", exchange.internal());
      document.set("arguments", Tables.json(exchange.arguments()));
      return document;
    }

    private ObjectNode binding(Binding binding) {
      ObjectNode document = BindingDocuments.json(binding);
      document.remove("properties_key");
      if (!namesHosts) {
        document.remove("vhost");
      }
      return document;
    }
  }
}
