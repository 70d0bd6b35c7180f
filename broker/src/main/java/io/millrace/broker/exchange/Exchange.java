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
  private final ExchangeType routing;
  private final Router router;
  private final ExchangeTraffic traffic = new ExchangeTraffic();
  private final @Nullable Intake intake;

  /** Without bindings. */
  public Exchange(ExchangeDefinition definition) {
    this(definition, null);
  }

  /**
   * Without bindings.
   *
   * @param intake what stands before its bindings, or null
   */
  public Exchange(ExchangeDefinition definition, @Nullable Intake intake) {
    this.definition = definition;
    this.intake = intake;
    this.routing =
        definition.type() == ExchangeType.DELAYED
            ? delayedType(definition.arguments())
            : definition.type();
    this.router = Router.of(routing, definition.arguments());
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

  /**
   * Checks what an exchange is to be declared with.
   *
   * @throws TopologyException with {@code PRECONDITION_FAILED}
   */
  public static void check(ExchangeDefinition asked) {
    ExchangeType routing =
        asked.type() == ExchangeType.DELAYED ? delayedType(asked.arguments()) : asked.type();
    if (routing == ExchangeType.CONSISTENT_HASH) {
      ConsistentHashRouter.checkExchange(asked.arguments());
    }
  }

  /** The type that a delayed exchange has when the delay is over. */
  static ExchangeType delayedType(Map<String, Object> arguments) {
    Object label = arguments.get("x-delayed-type");
    ExchangeType type = label instanceof String text ? ExchangeType.of(text) : null;
    if (type == null || type == ExchangeType.DELAYED) {
      throw new TopologyException(
          TopologyException.Reason.PRECONDITION_FAILED,
          "Invalid argument, 'x-delayed-type' must be an existing exchange type");
    }
    return type;
  }

  /** What stands before its bindings, or null. */
  public @Nullable Intake intake() {
    return intake;
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
    switch (routing) {
      case HEADERS -> HeadersRouter.check(binding.arguments());
      case CONSISTENT_HASH -> ConsistentHashRouter.check(binding.routingKey());
      case LOCAL_RANDOM -> {
        if (binding.toExchange()) {
          throw new TopologyException(
              TopologyException.Reason.PRECONDITION_FAILED,
              "exchange '" + name() + "' of type x-local-random is bound to queues only");
        }
      }
      default -> {
        // Any binding will do.
      }
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
