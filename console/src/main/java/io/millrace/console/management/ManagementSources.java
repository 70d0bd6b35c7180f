package io.millrace.console.management;

import io.millrace.amqp.AmqpServer;
import io.millrace.broker.queue.Messaging;
import io.millrace.console.NodeFacts;
import io.millrace.core.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * What is shown and acted upon. All of it stays the caller's, and must live longer than the API.
 *
 * @param node its version, its start and the ports of its other protocols
 */
public record ManagementSources(NodeFacts node, AmqpServer amqp, Clock clock) {

  /** The same with the API's own port among those of the node. */
  ManagementSources listening(String host, int port) {
    List<NodeFacts.Listener> listeners = new ArrayList<>(node.listeners());
    listeners.add(new NodeFacts.Listener("http", host + ":" + port));
    return new ManagementSources(
        new NodeFacts(node.version(), node.dataFolder(), node.startMillis(), listeners),
        amqp,
        clock);
  }

  /** The virtual hosts. */
  Messaging messaging() {
    return amqp.messaging();
  }

  /** The name of this node, as RabbitMQ would have one. */
  String nodeName() {
    return "millrace@localhost";
  }
}
