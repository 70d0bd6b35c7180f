package io.millrace.broker.exchange;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Bindings by their key. */
final class DirectRouter implements Router {

  private final Map<String, Bound[]> byKey = new ConcurrentHashMap<>();

  @Override
  public void bind(Bound bound) {
    byKey.merge(
        bound.binding().routingKey(), new Bound[] {bound}, (all, one) -> Router.with(all, one[0]));
  }

  @Override
  public void unbind(Bound bound) {
    byKey.computeIfPresent(
        bound.binding().routingKey(),
        (key, all) -> {
          Bound[] left = Router.without(all, bound);
          return left.length == 0 ? null : left;
        });
  }

  @Override
  public void route(Routable message, RouteSet to) {
    Bound[] matching = byKey.get(message.routingKey());
    if (matching != null) {
      to.addAll(matching);
    }
  }
}
