package io.millrace.broker.exchange;

import io.millrace.broker.exchange.Router.Bound;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An exchange with its bindings. Changed in its virtual host's mailbox, read on any thread. */
public final class Exchange implements Destination {

  private final ExchangeDefinition definition;
  private final @Nullable String declaredAlternate;
  private volatile @Nullable String alternate;
  private final Map<Binding, Bound> bindings = new ConcurrentHashMap<>();
  private final Router router;
  private final ExchangeTraffic traffic = new ExchangeTraffic();

  /** Without bindings. */
  public Exchange(ExchangeDefinition definition) {
    this.definition = definition;
    this.router = Router.of(definition.type());
    Object named = definition.arguments().get("alternate-exchange");
    this.declaredAlternate = named instanceof String text ? text : null;
    this.alternate = declaredAlternate;
  }

  @Override
  public String name() {
    return definition.name();
  }

  @Override
  public boolean isDurable() {
    return definition.durable();
  }

  /** How it was declared. */
  public ExchangeDefinition definition() {
    return definition;
  }

  /** Takes the alternate exchange that a policy names, or null, unless it was declared with one. */
  public void alternateByPolicy(@Nullable String name) {
    alternate = declaredAlternate == null ? name : declaredAlternate;
  }

  /** Where messages go that no binding matches, or null. */
  public @Nullable String alternate() {
    return alternate;
  }

  /** What was published to it. */
  public ExchangeTraffic traffic() {
    return traffic;
  }

  /** The bindings from here to elsewhere. */
  public Collection<Binding> bindings() {
    return bindings.keySet();
  }

  /** Whether there is that binding. */
  public boolean has(Binding binding) {
    return bindings.containsKey(binding);
  }

  /**
   * Checks a binding's arguments.
   *
   * @throws TopologyException with {@code PRECONDITION_FAILED}
   */
  public void check(Binding binding) {
    if (definition.type() == ExchangeType.HEADERS) {
      HeadersRouter.check(binding.arguments());
    }
  }

  /** Adds a binding; false when it was there. */
  boolean bind(Binding binding, Destination destination) {
    Bound bound = new Bound(binding, destination);
    if (bindings.putIfAbsent(binding, bound) != null) {
      return false;
    }
    router.bind(bound);
    return true;
  }

  /** Takes a binding away, and answers where it led; null when it was not there. */
  @Nullable Destination unbind(Binding binding) {
    Bound bound = bindings.remove(binding);
    if (bound == null) {
      return null;
    }
    router.unbind(bound);
    return bound.destination();
  }

  /** Adds the destinations of its matching bindings. */
  void route(Routable message, RouteSet to) {
    router.route(message, to);
  }
}
