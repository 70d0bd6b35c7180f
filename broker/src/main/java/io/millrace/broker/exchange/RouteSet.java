package io.millrace.broker.exchange;

import io.millrace.broker.exchange.Router.Bound;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where one message goes: queues, each once, and the exchanges that were on the way. Confined to
 * one thread; reusable by {@link #clear}.
 */
public final class RouteSet {

  private static final int FEW = 16;

  private final List<Destination.Queue> queues = new ArrayList<>();
  private final Set<Destination> known = new HashSet<>();
  private final List<Exchange> exchanges = new ArrayList<>();
  private int added;

  /** The queues found. Valid until {@link #clear}. */
  public List<Destination.Queue> queues() {
    return queues;
  }

  /** Empties it. */
  public void clear() {
    queues.clear();
    exchanges.clear();
    if (!known.isEmpty()) {
      known.clear();
    }
  }

  /** Exchanges found so far that have to be asked, in the order of finding. */
  List<Exchange> exchanges() {
    return exchanges;
  }

  /** How many destinations were found since the last call, those known before included. */
  int takeAdded() {
    int count = added;
    added = 0;
    return count;
  }

  void addAll(Bound[] bound) {
    for (Bound each : bound) {
      add(each.destination());
    }
  }

  /** Adds a destination, unless it is there. */
  public void add(Destination destination) {
    added++;
    switch (destination) {
      case Exchange exchange -> {
        if (!exchanges.contains(exchange)) {
          exchanges.add(exchange);
        }
      }
      case Destination.Queue queue -> {
        if (isNew(queue)) {
          queues.add(queue);
        }
      }
    }
  }

  private boolean isNew(Destination.Queue queue) {
    if (queues.size() < FEW) {
      return !queues.contains(queue);
    }
    if (known.isEmpty()) {
      known.addAll(queues);
    }
    return known.add(queue);
  }
}
