package io.millrace.broker.exchange;

import io.millrace.broker.exchange.TopologyEntry.Binding;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The bindings of a virtual host, by what they lead to: a queue or exchange that goes takes them
 * with it, and an auto-delete exchange goes with its last one. Confined to the host's mailbox.
 *
 * <p>Methods that take something away add what was written down of it to {@code gone}.
 */
public final class BindingTable {

  private final ExchangeTable exchanges;
  private final Map<Destination, Set<Binding>> incoming = new HashMap<>();
  private int count;

  /** Of the exchanges of a virtual host. */
  public BindingTable(ExchangeTable exchanges) {
    this.exchanges = exchanges;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Adds a binding, unless it is there. */
  public void add(Exchange source, Binding binding, Destination destination) {
    if (source.bind(binding, destination)) {
      count++;
      incoming.computeIfAbsent(destination, each -> new HashSet<>()).add(binding);
    }
  }

  /** Takes a binding away, if it is there. */
  public void remove(Exchange source, Binding binding, List<TopologyEntry> gone) {
    Destination destination = source.unbind(binding);
    if (destination == null) {
      return;
    }
    count--;
    Set<Binding> leading = incoming.get(destination);
    if (leading != null && leading.remove(binding) && leading.isEmpty()) {
      incoming.remove(destination);
    }
    if (isStored(source, destination)) {
      gone.add(binding);
    }
    if (source.definition().autoDelete()
        && source.bindings().isEmpty()
        && exchanges.find(source.name()) == source) {
      removeExchange(source, gone);
    }
  }

  /** Takes an exchange away with all bindings from it and to it. */
  public void removeExchange(Exchange exchange, List<TopologyEntry> gone) {
    exchanges.remove(exchange.name());
    if (exchange.isDurable()) {
      gone.add(exchange.definition());
    }
    for (Binding binding : List.copyOf(exchange.bindings())) {
      remove(exchange, binding, gone);
    }
    detach(exchange, gone);
  }

  /** Takes all bindings away that lead to a destination. */
  public void detach(Destination destination, List<TopologyEntry> gone) {
    for (Binding binding : Set.copyOf(incoming.getOrDefault(destination, Set.of()))) {
      Exchange source = exchanges.find(binding.source());
      if (source != null) {
        remove(source, binding, gone);
      }
    }
    incoming.remove(destination);
  }

  /** Whether a binding between the two is written down. */
  public static boolean isStored(Exchange source, Destination destination) {
    return source.isDurable() && destination.isDurable();
  }
}
