package io.millrace.broker.queue;

import io.millrace.broker.exchange.BindingTable;
import io.millrace.broker.exchange.Destination;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeTable;
import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.exchange.Routable;
import io.millrace.broker.exchange.RouteSet;
import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.broker.policy.HostPolicies;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of a virtual host and their bindings. Look-ups and routes are for any thread;
 * changes are for the host's mailbox, throw what they refuse, and complete once what is durable is
 * on disk.
 */
final class HostExchanges {

  private static final String RESERVED_PREFIX = "amq.";
  private static final List<String> ARGUMENTS =
      List.of("alternate-exchange", "hash-header", "hash-property", "x-delayed-type");

  private final String virtualHost;
  private final MessagingSettings settings;
  private final QueueTable queues;
  private final QueueTopics storage;
  private final Supplier<HostPolicies> policies;
  private final DelayedMessages delayed;
  private final TopicExchanges topics;
  private final ExchangeTable exchanges = new ExchangeTable();
  private final BindingTable bindings = new BindingTable(exchanges);

  HostExchanges(
      String virtualHost,
      Messaging messaging,
      MessagingSettings settings,
      QueueTable queues,
      QueueTopics storage,
      DelayedMessages delayed,
      Supplier<HostPolicies> policies,
      Clock clock,
      Timer timer) {
    this.virtualHost = virtualHost;
    this.settings = settings;
    this.queues = queues;
    this.storage = storage;
    this.policies = policies;
    this.delayed = delayed;
    this.topics = new TopicExchanges(virtualHost, exchanges, messaging, storage, clock, timer);
    predeclare("amq.direct", ExchangeType.DIRECT);
    predeclare("amq.fanout", ExchangeType.FANOUT);
    predeclare("amq.topic", ExchangeType.TOPIC);
    predeclare("amq.headers", ExchangeType.HEADERS);
    predeclare("amq.match", ExchangeType.HEADERS);
  }

  private void predeclare(String exchange, ExchangeType type) {
    exchanges.put(
        made(new ExchangeDefinition(virtualHost, exchange, type, true, false, false, Map.of())));
  }

  /** Takes up an exchange that was written down. */
  void restore(ExchangeDefinition exchange) {
    exchanges.put(made(exchange));
  }

  private Exchange made(ExchangeDefinition definition) {
    Exchange exchange =
        definition.type() == ExchangeType.DELAYED
            ? new Exchange(definition, delayed.intake(virtualHost, definition.name()))
            : new Exchange(definition);
    apply(policies.get(), exchange);
    return exchange;
  }

  private static void apply(HostPolicies present, Exchange exchange) {
    exchange.alternateByPolicy(present.ofExchange(exchange.name()).alternateExchange());
  }

  /** The policies have changed. */
  void applyPolicies() {
    HostPolicies present = policies.get();
    exchanges.all().forEach(each -> apply(present, each));
  }

  /** Takes up a binding that was written down, after what it binds. */
  void restore(Binding binding) {
    Exchange source = find(binding.source());
    Destination destination =
        binding.toExchange() ? find(binding.destination()) : queues.find(binding.destination());
    if (source != null && destination != null) {
      add(source, binding, destination);
    }
  }

  // ---- look-ups ----

  @Nullable Exchange find(String exchange) {
    Exchange found = exchanges.find(exchange);
    return found == null ? topics.find(exchange) : found;
  }

  /** The exchange that stands for a topic, whether or not there is the topic. */
  String exchangeOfTopic(String topic) {
    return topics.exchangeName(topic);
  }

  Exchange findOrRefuse(String exchange) {
    Exchange found = find(exchange);
    if (found == null) {
      throw new TopologyException(
          Reason.NOT_FOUND, "no exchange '" + exchange + "' in vhost '" + virtualHost + "'");
    }
    return found;
  }

  Collection<Exchange> all() {
    return exchanges.all();
  }

  List<Binding> bindings() {
    List<Binding> all = new ArrayList<>();
    exchanges.all().forEach(exchange -> all.addAll(exchange.bindings()));
    return all;
  }

  void route(Exchange exchange, Routable message, RouteSet to) {
    exchanges.route(exchange, message, to);
  }

  /** Sends a message on that the exchange's intake lets go. */
  void send(Message message, Runnable taken) {
    RouteSet routes = new RouteSet();
    Exchange exchange = exchanges.find(message.exchange());
    if (exchange != null) {
      exchanges.routeOn(exchange, message, routes);
    }
    Onward.publish(message, routes, unused -> taken.run());
  }

  // ---- exchanges ----

  CompletionStage<Void> declare(ExchangeDefinition asked) {
    Exchange present = find(asked.name());
    if (present != null) {
      checkAlike(present.definition(), asked);
      return done();
    }
    checkUnreserved(asked.name());
    Exchange.check(asked);
    exchanges.put(made(asked));
    return asked.durable() ? storage.put(asked) : done();
  }

  private void checkAlike(ExchangeDefinition present, ExchangeDefinition asked) {
    String where = where(present.name());
    Alike.check("type", where, asked.type().label(), present.type().label());
    Alike.check("durable", where, asked.durable(), present.durable());
    Alike.check("auto_delete", where, asked.autoDelete(), present.autoDelete());
    Alike.check("internal", where, asked.internal(), present.internal());
    for (String argument : ARGUMENTS) {
      Alike.checkArgument(argument, where, asked.arguments(), present.arguments());
    }
  }

  CompletionStage<Void> delete(String exchange, boolean ifUnused) {
    checkUnreserved(exchange);
    Exchange present = exchanges.find(exchange);
    if (present == null) {
      return done();
    }
    if (ifUnused && !present.bindings().isEmpty()) {
      throw new TopologyException(Reason.PRECONDITION_FAILED, where(exchange) + " in use");
    }
    List<TopologyEntry> gone = new ArrayList<>();
    bindings.removeExchange(present, gone);
    return removed(gone);
  }

  private static void checkUnreserved(String exchange) {
    if (exchange.startsWith(RESERVED_PREFIX)) {
      throw new TopologyException(
          Reason.ACCESS_REFUSED,
          "exchange name '" + exchange + "' contains reserved prefix 'amq.*'");
    }
  }

  private String where(String exchange) {
    return "exchange '" + exchange + "' in vhost '" + virtualHost + "'";
  }

  // ---- bindings ----

  CompletionStage<Void> bind(Binding binding, @Nullable Object caller) {
    Exchange source = sourceOf(binding);
    Destination destination = destinationOf(binding, caller);
    source.check(binding);
    if (source.has(binding)) {
      return done();
    }
    if (bindings.count() >= settings.maxBindings()) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          "vhost '"
              + virtualHost
              + "' has "
              + bindings.count()
              + " bindings already; allowed: "
              + settings.maxBindings());
    }
    topics.check(source, binding);
    add(source, binding, destination);
    return BindingTable.isStored(source, destination) ? storage.put(binding) : done();
  }

  private void add(Exchange source, Binding binding, Destination destination) {
    bindings.add(source, binding, destination);
    topics.bound(source, binding);
  }

  CompletionStage<Void> unbind(Binding binding, @Nullable Object caller) {
    Exchange source = sourceOf(binding);
    Destination unused = destinationOf(binding, caller);
    List<TopologyEntry> gone = new ArrayList<>();
    bindings.remove(source, binding, gone);
    return removed(gone);
  }

  private Exchange sourceOf(Binding binding) {
    if (binding.source().isEmpty()) {
      throw new TopologyException(
          Reason.ACCESS_REFUSED, "operation not permitted on the default exchange");
    }
    return findOrRefuse(binding.source());
  }

  private Destination destinationOf(Binding binding, @Nullable Object caller) {
    return binding.toExchange()
        ? findOrRefuse(binding.destination())
        : queues.findOrRefuse(binding.destination(), caller);
  }

  /** Takes all bindings away that lead to a queue; adds what was written down of them. */
  void detach(Destination queue, List<TopologyEntry> gone) {
    bindings.detach(queue, gone);
    topics.unbound();
  }

  /** A topic has been deleted, and the exchange that stands for it goes too. */
  CompletionStage<Void> topicDeleted(String topic) {
    Exchange exchange = exchanges.find(topics.exchangeName(topic));
    if (exchange == null) {
      return done();
    }
    List<TopologyEntry> gone = new ArrayList<>();
    bindings.removeExchange(exchange, gone);
    // It was never written down.
    gone.remove(exchange.definition());
    return removed(gone);
  }

  void close() {
    topics.close();
  }

  /** Takes all that is written down of exchanges and bindings off the disk, for good. */
  CompletionStage<Void> forgetAll() {
    List<TopologyEntry> gone = new ArrayList<>(bindings());
    for (Exchange each : exchanges.all()) {
      if (each.definition().durable()) {
        gone.add(each.definition());
      }
    }
    topics.forgetAll();
    return removed(gone);
  }

  private CompletionStage<Void> removed(List<TopologyEntry> gone) {
    topics.unbound();
    return gone.isEmpty() ? done() : storage.remove(gone);
  }

  private static CompletionStage<Void> done() {
    return CompletableFuture.completedStage(null);
  }
}
