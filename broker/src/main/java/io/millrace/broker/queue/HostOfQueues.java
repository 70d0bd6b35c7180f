package io.millrace.broker.queue;

import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.RouteSet;
import io.millrace.core.Clock;
import io.millrace.core.Mailbox;
import java.util.function.Consumer;

/** What the queues of a virtual host reach of it and of the node. Any thread. */
final class HostOfQueues implements QueueHost {

  private final String virtualHost;
  private final Messaging messaging;
  private final Clock clock;
  private final Mailbox deadLetters;

  HostOfQueues(String virtualHost, Messaging messaging, Clock clock) {
    this.virtualHost = virtualHost;
    this.messaging = messaging;
    this.clock = clock;
    deadLetters = new Mailbox("dead letters of " + virtualHost);
  }

  @Override
  public boolean isMemoryTight() {
    return messaging.alarms().messageBytes() > messaging.alarms().memoryLimit() / 2;
  }

  @Override
  public void heapChanged(long bytes) {
    messaging.heapChanged(bytes);
  }

  @Override
  public void outlived(MessageQueue queue) {
    VirtualHost host = messaging.host(virtualHost);
    if (host != null) {
      host.outlived(queue);
    }
  }

  @Override
  public void deadLetter(
      MessageQueue from, Message message, DeathReason reason, Consumer<Boolean> taken) {
    // One after the other, so that a chain of queues is no chain of calls.
    deadLetters.execute(() -> sendDeadLetter(from, message, reason, taken));
  }

  private void sendDeadLetter(
      MessageQueue from, Message message, DeathReason reason, Consumer<Boolean> taken) {
    String exchangeName = from.options().deadLetterExchange();
    VirtualHost host = messaging.host(virtualHost);
    if (exchangeName == null || host == null) {
      taken.accept(true);
      return;
    }
    String otherKey = from.options().deadLetterRoutingKey();
    String key = otherKey == null ? message.routingKey() : otherKey;
    Message dead = DeadLetter.of(message, from.name(), reason, exchangeName, key, clock.millis());
    Exchange exchange = exchangeName.isEmpty() ? null : host.exchange(exchangeName);
    RouteSet routes = new RouteSet();
    if (exchange != null || exchangeName.isEmpty()) {
      host.route(exchange, dead, routes);
    }
    int found = routes.queues().size();
    routes.queues().removeIf(each -> DeadLetter.isCircle(dead, each.name()));
    if (found > 0 && routes.queues().isEmpty()) {
      // It has been everywhere, and ends here.
      taken.accept(true);
    } else {
      Onward.publish(dead, routes, taken);
    }
  }
}
