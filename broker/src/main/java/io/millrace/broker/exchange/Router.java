package io.millrace.broker.exchange;

import io.millrace.broker.exchange.TopologyEntry.Binding;
import java.util.Arrays;
import java.util.Map;

/**
 * The bindings of one exchange, laid out for its type. Changed by one thread at a time; routes on
 * any.
 */
sealed interface Router
    permits DirectRouter,
        FanoutRouter,
        TopicRouter,
        HeadersRouter,
        ConsistentHashRouter,
        RandomRouter {

  /** No bindings. */
  Bound[] NONE = new Bound[0];

  /** Adds a binding that is not there yet. */
  void bind(Bound bound);

  /** Takes a binding away that is there. */
  void unbind(Bound bound);

  /** Adds the destinations that match. */
  void route(Routable message, RouteSet to);

  /** A binding with what it leads to. */
  record Bound(Binding binding, Destination destination) {}

  /** The router of a type, told what the exchange was declared with. */
  static Router of(ExchangeType type, Map<String, Object> arguments) {
    return switch (type) {
      case DIRECT -> new DirectRouter();
      case FANOUT -> new FanoutRouter();
      case TOPIC -> new TopicRouter();
      case HEADERS -> new HeadersRouter();
      case CONSISTENT_HASH -> new ConsistentHashRouter(arguments);
      case RANDOM, LOCAL_RANDOM -> new RandomRouter();
      case DELAYED -> of(Exchange.delayedType(arguments), arguments);
    };
  }

  /** The bindings and one more. */
  static Bound[] with(Bound[] bound, Bound added) {
    Bound[] more = Arrays.copyOf(bound, bound.length + 1);
    more[bound.length] = added;
    return more;
  }

  /** The bindings without one. */
  static Bound[] without(Bound[] bound, Bound gone) {
    return Arrays.stream(bound)
        .filter(each -> !each.binding().equals(gone.binding()))
        .toArray(Bound[]::new);
  }
}
