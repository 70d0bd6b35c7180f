package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.post;
import static io.millrace.console.management.ManagementEndpoint.put;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.access.Right;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.QueueDeclaration;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code /api/queues}. */
final class QueuesApi {

  private final ManagementSources sources;
  private final QueueDocuments documents;

  QueuesApi(ManagementSources sources, Sampler sampler) {
    this.sources = sources;
    documents = new QueueDocuments(sources, sampler);
  }

  List<ManagementEndpoint> endpoints() {
    String one = "/queues/{vhost}/{name}";
    return List.of(
        get("/queues", Access.MANAGEMENT, "all queues", this::all),
        get("/queues/{vhost}", Access.MANAGEMENT, "those of a virtual host", this::ofHost),
        get(one, Access.MANAGEMENT, "a queue with its consumers", this::one),
        put(one, Access.MANAGEMENT, "declares one", this::declare),
        delete(
            one,
            Access.MANAGEMENT,
            "deletes one; `if-empty=true` and `if-unused=true` ask first",
            this::remove),
        delete(one + "/contents", Access.MANAGEMENT, "drops the messages that wait", this::purge),
        post(
            one + "/actions",
            Access.MANAGEMENT,
            "`sync` and `cancel_sync`, which have nothing to do here",
            this::act));
  }

  private Answer all(Call call) {
    List<ObjectNode> all = new ArrayList<>();
    for (VirtualHost host : sources.messaging().hosts()) {
      if (call.caller().sees(host.name())) {
        host.queues().forEach(queue -> all.add(documents.of(call, host, queue)));
      }
    }
    return Listing.of(call, all, "vhost", "name");
  }

  private Answer ofHost(Call call) {
    VirtualHost host = call.host();
    List<ObjectNode> all = new ArrayList<>();
    host.queues().forEach(queue -> all.add(documents.of(call, host, queue)));
    return Listing.of(call, all, "vhost", "name");
  }

  private Answer one(Call call) throws InterruptedException {
    VirtualHost host = call.host();
    MessageQueue queue = find(host, call.path("name"));
    ObjectNode document = documents.of(call, host, queue);
    document.set(
        "consumer_details",
        QueueDocuments.consumersOf(
            host, queue, LiveConnections.all(sources.amqp().connections()), sources.nodeName()));
    document.putArray("incoming");
    document.putArray("deliveries");
    return Answers.one(call, document);
  }

  /** The queue of that name, or a refusal. */
  static MessageQueue find(VirtualHost host, String name) {
    MessageQueue queue = host.queue(name);
    if (queue == null) {
      throw Refusal.notFound();
    }
    return queue;
  }

  private Answer declare(Call call) throws InterruptedException {
    VirtualHost host = call.hostToChange();
    String name = call.path("name");
    call.caller().check(Right.CONFIGURE, host.name(), name);
    boolean isNew = host.queue(name) == null;
    MessageQueue unused =
        Stages.await(host.declareQueue(declaration(host.name(), name, call.body())));
    return Answers.put(isNew, call);
  }

  /** The queue that a document describes. */
  static QueueDeclaration declaration(String host, String name, Body body) {
    return new QueueDeclaration(
        host,
        name,
        body.truth("durable", false),
        null,
        body.truth("auto_delete", false),
        Tables.table(body.object("arguments")));
  }

  private Answer remove(Call call) throws InterruptedException {
    VirtualHost host = call.host();
    MessageQueue queue = find(host, call.path("name"));
    call.caller().check(Right.CONFIGURE, host.name(), queue.name());
    Long unused =
        Stages.await(
            host.deleteQueue(queue.name(), call.isSet("if-unused"), call.isSet("if-empty"), null));
    return Answer.noContent();
  }

  private Answer purge(Call call) throws InterruptedException {
    VirtualHost host = call.host();
    MessageQueue present = find(host, call.path("name"));
    call.caller().check(Right.READ, host.name(), present.name());
    MessageQueue queue = host.queueOrRefuse(present.name(), null);
    CompletableFuture<Long> purged = new CompletableFuture<>();
    queue.purge(purged::complete);
    Long unused = Stages.await(purged);
    return Answer.noContent();
  }

  private Answer act(Call call) {
    MessageQueue unused = find(call.host(), call.path("name"));
    String action = call.body().require("action").text("action", "");
    if (!action.equals("sync") && !action.equals("cancel_sync")) {
      throw Refusal.badRequest("unknown", action);
    }
    return Answer.noContent();
  }
}
