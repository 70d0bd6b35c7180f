package io.millrace.broker.exchange;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** One binding by chance, each as likely as the others. */
final class RandomRouter implements Router {

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
    Bound[] now = all;
    if (now.length > 0) {
      to.add(now[ThreadLocalRandom.current().nextInt(now.length)].destination());
    }
  }
}
