package io.millrace.broker.queue;

import io.millrace.broker.exchange.Destination;
import io.millrace.broker.exchange.RouteSet;
import java.util.List;
import java.util.function.Consumer;

/** Publishing what no client publishes: dead letters, records, what was delayed. Pure functions. */
final class Onward {

  private Onward() {}

  /**
   * Gives a message to all inboxes of a route.
   *
   * @param taken told once, on any thread, whether there were any and all of them took it
   */
  static void publish(Message message, RouteSet routes, Consumer<Boolean> taken) {
    List<Destination.Queue> to = routes.queues();
    if (to.isEmpty()) {
      taken.accept(false);
      return;
    }
    Receipt receipt =
        new Receipt(to.size()) {
          @Override
          protected void settled(boolean all) {
            taken.accept(all);
          }
        };
    for (int i = 0; i < to.size(); i++) {
      ((Inbox) to.get(i)).publish(List.of(new Publication(message, receipt)));
    }
  }
}
