package io.millrace.console.management;

import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.User;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.policy.Policy;
import io.millrace.broker.queue.Messaging;
import io.millrace.broker.queue.QueueDeclaration;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.api.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Makes what definitions describe, as they are exported here or by RabbitMQ. Users, virtual hosts,
 * permissions and policies replace those of the same name; queues and exchanges that are there stay
 * as they are. What an error leaves undone has not been made; what was made before stays.
 */
final class DefinitionsImport {

  /** How many changes are under way at a time. */
  private static final int MOST_AT_ONCE = 64;

  private final ManagementSources sources;
  private final Messaging messaging;

  /** The virtual host of all that names none, or null. */
  private final @Nullable VirtualHost only;

  private final List<CompletionStage<?>> underWay = new ArrayList<>();

  /**
   * @param only the virtual host of all that is in the definitions; null when they name theirs
   */
  DefinitionsImport(ManagementSources sources, @Nullable VirtualHost only) {
    this.sources = sources;
    this.messaging = sources.messaging();
    this.only = only;
  }

  /** Makes all of it. */
  void all(Body definitions) throws InterruptedException {
    if (only == null) {
      access(definitions);
    }
    for (Body each : definitions.list("parameters")) {
      parameter(each);
    }
    for (Body each : definitions.list("policies")) {
      String name = each.require("name").text("name", "");
      start(messaging.parameters().put(PolicyDocuments.of(host(each).name(), name, false, each)));
    }
    finish();
    for (Body each : definitions.list("queues")) {
      queue(each);
    }
    for (Body each : definitions.list("exchanges")) {
      exchange(each);
    }
    finish();
    for (Body each : definitions.list("bindings")) {
      binding(each);
    }
    finish();
  }

  private void access(Body definitions) throws InterruptedException {
    AccessImage image = messaging.access().image();
    for (Body each : definitions.list("users")) {
      String name = each.require("name").text("name", "");
      User present = image.user(name);
      start(messaging.access().putUser(UserDocuments.of(name, each, present)));
    }
    finish();
    for (Body each : definitions.list("vhosts")) {
      VirtualHostsApi.write(sources, each.require("name").text("name", ""), each);
    }
    for (Body each : definitions.list("permissions")) {
      String user = each.require("user").text("user", "");
      start(
          messaging
              .access()
              .setPermission(UserDocuments.permission(user, host(each).name(), each)));
    }
    for (Body each : definitions.list("topic_permissions")) {
      String user = each.require("user").text("user", "");
      start(
          messaging
              .access()
              .setTopicPermission(UserDocuments.topicPermission(user, host(each).name(), each)));
    }
    for (Body each : definitions.list("global_parameters")) {
      String name = each.require("name", "value").text("name", "");
      start(messaging.parameters().putGlobal(name, Tables.value(each.members().get("value"))));
    }
    finish();
  }

  private VirtualHost host(Body body) {
    if (only != null) {
      return only;
    }
    String name = body.text("vhost", "undefined");
    VirtualHost host = messaging.find(name);
    if (host == null) {
      throw Refusal.badRequest("no_such_vhost", name);
    }
    return host;
  }

  private void parameter(Body body) throws InterruptedException {
    body.require("component", "name", "value");
    VirtualHost host = host(body);
    String component = body.text("component", "");
    if (component.equals(Policy.OPERATOR_COMPONENT) || component.equals(Policy.COMPONENT)) {
      start(
          messaging
              .parameters()
              .put(
                  PolicyDocuments.of(
                      host.name(),
                      body.text("name", ""),
                      component.equals(Policy.OPERATOR_COMPONENT),
                      new Body(body.object("value")))));
    } else {
      ParametersApi.set(sources, host.name(), component, body);
    }
  }

  private void queue(Body body) throws InterruptedException {
    VirtualHost host = host(body);
    QueueDeclaration declaration =
        QueuesApi.declaration(host.name(), body.require("name").text("name", ""), body);
    if (host.queue(declaration.name()) == null) {
      start(host.declareQueue(declaration));
    }
  }

  private void exchange(Body body) throws InterruptedException {
    VirtualHost host = host(body);
    ExchangeDefinition definition =
        ExchangesApi.definition(host.name(), body.require("name").text("name", ""), body);
    if (!definition.name().isEmpty() && host.exchange(definition.name()) == null) {
      start(host.declareExchange(definition));
    }
  }

  private void binding(Body body) throws InterruptedException {
    VirtualHost host = host(body);
    body.require("source", "destination", "destination_type");
    Binding binding =
        new Binding(
            host.name(),
            body.text("source", ""),
            body.text("destination_type", "queue").equals("exchange"),
            body.text("destination", ""),
            body.text("routing_key", ""),
            Tables.table(body.object("arguments")));
    if (!binding.source().isEmpty()) {
      start(host.bind(binding, null));
    }
  }

  private void start(CompletionStage<?> change) throws InterruptedException {
    underWay.add(change);
    if (underWay.size() >= MOST_AT_ONCE) {
      finish();
    }
  }

  private void finish() throws InterruptedException {
    for (CompletionStage<?> each : underWay) {
      Object unused = Stages.await(each);
    }
    underWay.clear();
  }
}
