package io.millrace.console.api;

import io.millrace.amqp.AmqpServer;
import io.millrace.amqp.connection.ConnectionStatus;
import io.millrace.amqp.connection.OpenConnection;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeTraffic;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.queue.MessageCounts.Count;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.ProblemException;
import io.millrace.console.http.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges, queues and connections of the AMQP port, as the page shows them: with counters, of
 * which it makes rates. To change them there is RabbitMQ's management API.
 */
public final class AmqpApi {

  private static final int MOST_SHOWN = 500;

  private final @Nullable AmqpServer amqp;

  /** Over an AMQP port; null on a node without one. */
  public AmqpApi(@Nullable AmqpServer amqp) {
    this.amqp = amqp;
  }

  /** {@code /api/amqp} and what is below it. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("GET", "/api/amqp/topology", this::topology),
        Endpoint.of("GET", "/api/amqp/connections", this::connections));
  }

  /**
   * The answer: at most {@value #MOST_SHOWN} of each, the busiest first, and how many there are.
   */
  record Topology(
      List<String> hosts,
      String host,
      int exchangeCount,
      List<ExchangeView> exchanges,
      int queueCount,
      List<QueueView> queues,
      List<BindingView> bindings) {}

  /**
   * An exchange.
   *
   * @param name empty for the default one
   * @param in messages published to it
   * @param out messages that it handed to queues
   */
  record ExchangeView(String name, String type, boolean durable, long in, long out) {}

  /**
   * A queue.
   *
   * @param in messages that came
   * @param out messages that went to consumers
   * @param policies that hold, or an empty list
   */
  record QueueView(
      String name,
      String type,
      boolean durable,
      long ready,
      long unacknowledged,
      int consumers,
      long in,
      long out,
      List<String> policies) {}

  /** A binding between two that are shown. */
  record BindingView(String source, String destination, boolean toExchange, String routingKey) {}

  /** A connection. */
  record ConnectionView(
      String name,
      String user,
      String host,
      String state,
      String client,
      boolean encrypted,
      int channels,
      int consumers,
      long bytesIn,
      long bytesOut,
      long connectedMillis) {}

  private AmqpServer served() {
    if (amqp == null) {
      throw new ProblemException(404, "This node has no AMQP port.");
    }
    return amqp;
  }

  private Answer topology(Request request) {
    AmqpServer server = served();
    List<String> hosts = server.messaging().hosts().stream().map(VirtualHost::name).toList();
    String asked = request.query("host");
    String name = asked == null ? hosts.isEmpty() ? "/" : hosts.getFirst() : asked;
    VirtualHost host = server.messaging().find(name);
    if (host == null) {
      throw new ProblemException(404, "There is no virtual host \"" + name + "\".");
    }
    List<ExchangeView> exchanges = exchanges(host);
    List<QueueView> queues = queues(host);
    Set<String> exchangeNames = new HashSet<>();
    exchanges.forEach(each -> exchangeNames.add(each.name()));
    Set<String> queueNames = new HashSet<>();
    queues.forEach(each -> queueNames.add(each.name()));
    List<BindingView> bindings = new ArrayList<>();
    for (Binding each : host.allBindings()) {
      boolean shown =
          each.toExchange()
              ? exchangeNames.contains(each.destination())
              : queueNames.contains(each.destination());
      if (shown && exchangeNames.contains(each.source()) && bindings.size() < MOST_SHOWN) {
        bindings.add(
            new BindingView(
                each.source(), each.destination(), each.toExchange(), each.routingKey()));
      }
    }
    return Json.answer(
        200,
        new Topology(
            hosts,
            name,
            host.exchanges().size() + 1,
            exchanges,
            host.queues().size(),
            queues,
            bindings));
  }

  private static List<ExchangeView> exchanges(VirtualHost host) {
    List<ExchangeView> views = new ArrayList<>();
    views.add(view("", "direct", true, host.defaultTraffic()));
    for (Exchange each : host.exchanges()) {
      views.add(
          view(each.name(), each.definition().type().label(), each.isDurable(), each.traffic()));
    }
    views.sort(
        Comparator.comparingLong(ExchangeView::in).reversed().thenComparing(ExchangeView::name));
    return views.subList(0, Math.min(views.size(), MOST_SHOWN));
  }

  private static ExchangeView view(
      String name, String type, boolean durable, ExchangeTraffic traffic) {
    return new ExchangeView(name, type, durable, traffic.in(), traffic.out());
  }

  private static List<QueueView> queues(VirtualHost host) {
    return host.queues().stream()
        .sorted(
            Comparator.comparingLong(MessageQueue::readyCount)
                .reversed()
                .thenComparing(MessageQueue::name))
        .limit(MOST_SHOWN)
        .map(each -> view(host, each))
        .toList();
  }

  private static QueueView view(VirtualHost host, MessageQueue queue) {
    Object type = queue.declaration().arguments().get("x-queue-type");
    var counts = queue.counts();
    var policy = host.policyOf(queue);
    List<String> policies = new ArrayList<>();
    if (policy.policy() != null) {
      policies.add(policy.policy());
    }
    if (policy.operatorPolicy() != null) {
      policies.add(policy.operatorPolicy());
    }
    return new QueueView(
        queue.name(),
        type instanceof String text ? text : "classic",
        queue.isDurable(),
        queue.readyCount(),
        queue.outCount(),
        queue.consumerCount(),
        counts.get(Count.PUBLISH),
        counts.deliverGet(),
        policies);
  }

  private Answer connections(Request request) throws InterruptedException {
    List<CompletionStage<ConnectionStatus>> asked = new ArrayList<>();
    for (OpenConnection each : served().connections().all()) {
      if (asked.size() >= MOST_SHOWN) {
        break;
      }
      try {
        asked.add(each.status());
      } catch (RejectedExecutionException e) {
        // Its event loop has ended, and so has the connection.
      }
    }
    List<ConnectionView> views = new ArrayList<>();
    for (CompletionStage<ConnectionStatus> each : asked) {
      views.add(view(Stages.await(each)));
    }
    views.sort(Comparator.comparing(ConnectionView::name));
    return Json.answer(200, new Connections(served().metrics().connections(), views));
  }

  /** The answer: at most {@value #MOST_SHOWN} of them. */
  record Connections(int connectionCount, List<ConnectionView> connections) {}

  private static ConnectionView view(ConnectionStatus status) {
    Object product = status.clientProperties().get("product");
    Object version = status.clientProperties().get("version");
    return new ConnectionView(
        status.name(),
        status.user(),
        status.virtualHost(),
        status.state(),
        (product == null ? "" : product) + (version == null ? "" : " " + version),
        status.encrypted(),
        status.channels().size(),
        status.channels().stream().mapToInt(each -> each.consumers().size()).sum(),
        status.bytesIn(),
        status.bytesOut(),
        status.connectedMillis());
  }
}
