package io.millrace.broker.exchange;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The exchanges of a virtual host by name. Changed in its mailbox, read on any thread. */
public final class ExchangeTable {

  private final Map<String, Exchange> byName = new ConcurrentHashMap<>();

  /** The exchange of that name, or null. */
  public @Nullable Exchange find(String name) {
    return byName.get(name);
  }

  /** All of them. */
  public Collection<Exchange> all() {
    return byName.values();
  }

  /** Adds one. */
  public void put(Exchange exchange) {
    byName.put(exchange.name(), exchange);
  }

  /** Adds one unless there is one of that name, and answers which one there is. */
  public Exchange putIfAbsent(Exchange exchange) {
    Exchange present = byName.putIfAbsent(exchange.name(), exchange);
    return present == null ? exchange : present;
  }

  /** Takes one away. */
  public void remove(String name) {
    byName.remove(name);
  }

  /**
   * Finds the queues of a message that was published to {@code first}. Each exchange is asked once,
   * however the bindings lead; one without a match sends on to its alternate exchange.
   */
  public void route(Exchange first, Routable message, RouteSet to) {
    List<Exchange> found = to.exchanges();
    found.clear();
    int unused = to.takeAdded();
    ask(first, message, to);
    askFound(first, message, to);
  }

  /** As {@link #route}, of a message that the first exchange's intake lets go. */
  public void routeOn(Exchange first, Routable message, RouteSet to) {
    to.exchanges().clear();
    int unused = to.takeAdded();
    askBindings(first, message, to);
    askFound(first, message, to);
  }

  private void askFound(Exchange first, Routable message, RouteSet to) {
    List<Exchange> found = to.exchanges();
    // Those found through bindings, which may lead back to the first.
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i) != first) {
        ask(found.get(i), message, to);
      }
    }
  }

  private void ask(Exchange exchange, Routable message, RouteSet to) {
    Intake intake = exchange.intake();
    if (intake != null && intake.takes(message)) {
      to.add(intake);
      int unused = to.takeAdded();
    } else {
      askBindings(exchange, message, to);
    }
  }

  private void askBindings(Exchange exchange, Routable message, RouteSet to) {
    exchange.route(message, to);
    String alternate = exchange.alternate();
    if (to.takeAdded() == 0 && alternate != null) {
      Exchange other = byName.get(alternate);
      if (other != null) {
        to.add(other);
      }
    }
  }
}
