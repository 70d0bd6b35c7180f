package io.millrace.broker.exchange;

import java.util.LinkedHashMap;
import java.util.Map;

/** All bindings match. */
final class FanoutRouter implements Router {

  private final Map<TopologyEntry.Binding, Bound> bindings = new LinkedHashMap<>();
  private volatile Bound[] all = NONE;

  @Override
  public void bind(Bound bound) {
    bindings.put(bound.binding(), bound);
    all = bindings.values().toArray(NONE);
  }

  @Override
  public void unbind(Bound bound) {
    bindings.remove(bound.binding());
    all = bindings.values().toArray(NONE);
  }

  @Override
  public void route(Routable message, RouteSet to) {
    to.addAll(all);
  }
}
