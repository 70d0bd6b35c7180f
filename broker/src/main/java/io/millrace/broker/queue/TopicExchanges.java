package io.millrace.broker.queue;

import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeTable;
import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.exchange.RouteSet;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Topics as exchanges: {@code amq.kafka.TOPIC} stands for a topic. What is published to it, or
 * routed to it by another exchange, is appended to the topic; what is in the topic, whoever wrote
 * it, goes to what is bound to it. Records' keys are routing keys, and binding keys have {@code *}
 * and {@code #} as in a topic exchange. In a virtual host other than {@code /} the topic's name is
 * {@code HOST.TOPIC}.
 *
 * <p>Exchanges are found on any thread; what is bound to them changes in the host's mailbox.
 */
final class TopicExchanges {

  private static final String PREFIX = "amq.kafka.";
  private static final Duration LOOK_FOR_PARTITIONS = Duration.ofSeconds(10);

  private final String virtualHost;
  private final ExchangeTable exchanges;
  private final Messaging messaging;
  private final Topics topics;
  private final CursorJournal cursors;
  private final MessageRecordCodec codec;
  private final Clock clock;
  private final Timer timer;

  // The host's mailbox.
  private final Map<String, List<TopicPump>> pumps = new HashMap<>();

  TopicExchanges(
      String virtualHost,
      ExchangeTable exchanges,
      Messaging messaging,
      QueueTopics storage,
      Clock clock,
      Timer timer) {
    this.virtualHost = virtualHost;
    this.exchanges = exchanges;
    this.messaging = messaging;
    this.topics = storage.topics();
    this.cursors = storage.cursors();
    this.codec = storage.codec();
    this.clock = clock;
    this.timer = timer;
  }

  /** The exchange of that name, made when it is asked for first; null when there is no topic. */
  @Nullable Exchange find(String name) {
    Topic topic = topicOf(name);
    if (topic == null || topic.internal()) {
      return null;
    }
    return exchanges.putIfAbsent(
        new Exchange(
            new ExchangeDefinition(
                virtualHost, name, ExchangeType.TOPIC, true, false, false, Map.of()),
            new TopicIntake(name, topic.name(), topics, codec, clock)));
  }

  private @Nullable Topic topicOf(String exchange) {
    return exchange.startsWith(PREFIX) ? topics.find(topicName(exchange)) : null;
  }

  private String topicName(String exchange) {
    String name = exchange.substring(PREFIX.length());
    return virtualHost.equals("/") ? name : virtualHost + "." + name;
  }

  /** The exchange that stands for a topic of that name. */
  String exchangeName(String topic) {
    String prefix = virtualHost.equals("/") ? "" : virtualHost + ".";
    return PREFIX + (topic.startsWith(prefix) ? topic.substring(prefix.length()) : topic);
  }

  // ---- the host's mailbox ----

  /**
   * Something has been bound to the exchange: the topic's records go there from now on, or from
   * where the first binding's {@code x-stream-offset} says.
   */
  void bound(Exchange exchange, Binding binding) {
    Topic topic = topicOf(exchange.name());
    if (topic != null && !pumps.containsKey(exchange.name())) {
      StreamOffset offset =
          StreamOffset.of(
              binding.arguments(), "binding of exchange '" + exchange.name() + "'", clock);
      List<TopicPump> started = new ArrayList<>();
      for (Partition partition : topic.partitions()) {
        started.add(pump(exchange, topic, partition, offset.in(partition)));
      }
      pumps.put(exchange.name(), started);
      lookForPartitions(exchange);
    }
  }

  /** Refuses a binding's arguments that cannot be followed. */
  void check(Exchange exchange, Binding binding) {
    if (exchange.name().startsWith(PREFIX)) {
      StreamOffset unused =
          StreamOffset.of(
              binding.arguments(), "binding of exchange '" + exchange.name() + "'", clock);
      assert unused != null;
    }
  }

  private TopicPump pump(Exchange exchange, Topic topic, Partition partition, long start) {
    String id = virtualHost + '\n' + topic.id() + '\n' + partition.id().partition();
    return new TopicPump(
        UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)),
        partition,
        start,
        cursors,
        codec,
        new Outward(exchange, topic.name()),
        timer);
  }

  /** A topic may get more partitions, of which nobody tells. */
  private void lookForPartitions(Exchange exchange) {
    timer.after(
        LOOK_FOR_PARTITIONS,
        () -> {
          VirtualHost host = messaging.find(virtualHost);
          if (host != null) {
            host.execute(() -> startMissing(exchange));
          }
        });
  }

  private void startMissing(Exchange exchange) {
    List<TopicPump> started = pumps.get(exchange.name());
    Topic topic = topicOf(exchange.name());
    if (started != null && topic != null) {
      for (int i = started.size(); i < topic.partitions().size(); i++) {
        started.add(pump(exchange, topic, topic.partitions().get(i), 0));
      }
      lookForPartitions(exchange);
    }
  }

  /** Ends what nobody listens to any more. */
  void unbound() {
    pumps
        .entrySet()
        .removeIf(
            each -> {
              Exchange exchange = exchanges.find(each.getKey());
              boolean idle = exchange == null || exchange.bindings().isEmpty();
              if (idle) {
                each.getValue().forEach(TopicPump::forget);
              }
              return idle;
            });
  }

  /** Ends all, for good. */
  void forgetAll() {
    pumps.values().forEach(each -> each.forEach(TopicPump::forget));
    pumps.clear();
  }

  void close() {
    pumps.values().forEach(each -> each.forEach(TopicPump::close));
  }

  /** From a topic to what is bound to its exchange. */
  private final class Outward implements TopicPump.Way {

    private final Exchange exchange;
    private final String topic;

    Outward(Exchange exchange, String topic) {
      this.exchange = exchange;
      this.topic = topic;
    }

    @Override
    public void send(Message message, Runnable taken) {
      Message marked = BridgedFrom.mark(message, topic, exchange.name());
      RouteSet routes = new RouteSet();
      exchanges.routeOn(exchange, marked, routes);
      // As from any exchange, what a queue refuses it does not get.
      Onward.publish(marked, routes, unused -> taken.run());
    }

    @Override
    public boolean isFull() {
      return messaging.alarms().isRaised();
    }
  }
}
