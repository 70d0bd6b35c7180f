package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.post;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.access.Right;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** {@code /api/bindings}, and the bindings of an exchange or a queue. */
final class BindingsApi {

  private final ManagementSources sources;

  BindingsApi(ManagementSources sources) {
    this.sources = sources;
  }

  List<ManagementEndpoint> endpoints() {
    String between = "/bindings/{vhost}/e/{source}/";
    List<ManagementEndpoint> all = new ArrayList<>();
    all.add(get("/bindings", Access.MANAGEMENT, "all bindings", this::all));
    all.add(get("/bindings/{vhost}", Access.MANAGEMENT, "those of a virtual host", this::ofHost));
    for (boolean toExchange : new boolean[] {false, true}) {
      String path = between + (toExchange ? "e" : "q") + "/{destination}";
      String what = toExchange ? "two exchanges" : "an exchange and a queue";
      all.add(
          get(
              path,
              Access.MANAGEMENT,
              "those between " + what,
              call -> Listing.of(call, documents(call, between(call, toExchange)), "source")));
      all.add(post(path, Access.MANAGEMENT, "binds " + what, call -> bind(call, toExchange)));
      all.add(
          get(
              path + "/{properties_key}",
              Access.MANAGEMENT,
              "one of them",
              call -> Answers.one(call, BindingDocuments.json(find(call, toExchange)))));
      all.add(
          delete(
              path + "/{properties_key}",
              Access.MANAGEMENT,
              "unbinds them",
              call -> unbind(call, toExchange)));
    }
    all.add(
        get(
            "/exchanges/{vhost}/{name}/bindings/source",
            Access.MANAGEMENT,
            "bindings from an exchange",
            call -> ofExchange(call, true)));
    all.add(
        get(
            "/exchanges/{vhost}/{name}/bindings/destination",
            Access.MANAGEMENT,
            "bindings to an exchange",
            call -> ofExchange(call, false)));
    all.add(
        get(
            "/queues/{vhost}/{name}/bindings",
            Access.MANAGEMENT,
            "bindings to a queue",
            this::ofQueue));
    return all;
  }

  private Answer all(Call call) {
    List<ObjectNode> all = new ArrayList<>();
    for (VirtualHost host : sources.messaging().hosts()) {
      if (call.caller().sees(host.name())) {
        BindingDocuments.of(host).forEach(each -> all.add(BindingDocuments.json(each)));
      }
    }
    return Listing.of(call, all, "vhost", "source", "destination", "properties_key");
  }

  private Answer ofHost(Call call) {
    return Listing.of(
        call, documents(call, each -> true), "vhost", "source", "destination", "properties_key");
  }

  private static List<ObjectNode> documents(Call call, Predicate<Binding> wanted) {
    return BindingDocuments.of(call.host()).stream()
        .filter(wanted)
        .map(BindingDocuments::json)
        .toList();
  }

  private static Predicate<Binding> between(Call call, boolean toExchange) {
    String source = call.exchangeName("source");
    String destination = call.path("destination");
    return each ->
        each.toExchange() == toExchange
            && each.source().equals(source)
            && each.destination().equals(destination);
  }

  private static Binding find(Call call, boolean toExchange) {
    Predicate<Binding> wanted = between(call, toExchange);
    for (Binding each : BindingDocuments.of(call.host())) {
      if (wanted.test(each)
          && BindingDocuments.propertiesKey(each).equals(call.path("properties_key"))) {
        return each;
      }
    }
    throw Refusal.notFound();
  }

  private Answer ofExchange(Call call, boolean from) {
    VirtualHost host = call.host();
    String name = call.exchangeName("name");
    if (!name.isEmpty() && host.exchange(name) == null) {
      throw Refusal.notFound();
    }
    Predicate<Binding> wanted =
        from
            ? each -> each.source().equals(name)
            : each -> each.toExchange() && each.destination().equals(name);
    return Listing.of(call, documents(call, wanted), "source", "destination", "properties_key");
  }

  private Answer ofQueue(Call call) {
    MessageQueue queue = QueuesApi.find(call.host(), call.path("name"));
    return Listing.of(
        call,
        documents(call, each -> !each.toExchange() && each.destination().equals(queue.name())),
        "source",
        "properties_key");
  }

  private Answer bind(Call call, boolean toExchange) throws InterruptedException {
    VirtualHost host = call.hostToChange();
    Body body = call.body();
    Binding binding =
        new Binding(
            host.name(),
            call.exchangeName("source"),
            toExchange,
            call.path("destination"),
            body.text("routing_key", ""),
            Tables.table(body.object("arguments")));
    check(call, binding);
    Stages.await(host.bind(binding, null));
    return Answers.created(binding.destination() + "/" + BindingDocuments.propertiesKey(binding));
  }

  private static void check(Call call, Binding binding) {
    call.caller().check(Right.WRITE, binding.virtualHost(), binding.destination());
    call.caller().check(Right.READ, binding.virtualHost(), binding.source());
  }

  private Answer unbind(Call call, boolean toExchange) throws InterruptedException {
    Binding binding = find(call, toExchange);
    check(call, binding);
    Stages.await(call.host().unbind(binding, null));
    return Answer.noContent();
  }
}
