package io.millrace.broker.queue;

import io.millrace.broker.exchange.Destination;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeTraffic;
import io.millrace.broker.exchange.RouteSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Publishes messages one by one, for those who have no channel. Any thread. */
public final class SinglePublisher {

  private final VirtualHost host;

  /** Publishes to a virtual host. */
  public SinglePublisher(VirtualHost host) {
    this.host = host;
  }

  /** What became of a message. */
  public enum Outcome {
    /** All its queues have it, as durably as they promise. */
    TAKEN,
    /** At least one of its queues is full, and refuses what comes. */
    REFUSED,
    /** No queue was found for it. */
    UNROUTED
  }

  /**
   * Publishes a message.
   *
   * @param exchange null for the default exchange
   */
  public CompletionStage<Outcome> publish(@Nullable Exchange exchange, Message message) {
    RouteSet routes = new RouteSet();
    host.route(exchange, message, routes);
    List<Destination.Queue> queues = routes.queues();
    ExchangeTraffic traffic = exchange == null ? host.defaultTraffic() : exchange.traffic();
    traffic.published(queues.size());
    if (queues.isEmpty()) {
      return CompletableFuture.completedStage(Outcome.UNROUTED);
    }
    Message stored = host.share(message, queues);
    SharedBody shared = stored.shared();
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    Receipt receipt =
        new Receipt(queues.size() + (shared == null ? 0 : 1)) {
          @Override
          protected void settled(boolean taken) {
            outcome.complete(taken ? Outcome.TAKEN : Outcome.REFUSED);
          }
        };
    if (shared != null) {
      host.whenDurable(shared, receipt);
    }
    for (Destination.Queue each : queues) {
      ((Inbox) each).publish(List.of(new Publication(stored, receipt)));
    }
    return outcome;
  }
}
