package io.millrace.broker.queue;

import io.millrace.log.Durability;
import java.util.Set;

/**
 * What the queues of a node can be told.
 *
 * @param virtualHosts the names of the virtual hosts that there are
 * @param durability when a persistent message in a durable queue is confirmed
 * @param maxMessageBytes longest body
 * @param windowMessages how many messages a durable queue keeps in memory at its head
 * @param windowBytes how many bytes of them
 * @param maxHeapBytes how many bytes of messages may wait in memory, in all queues together; past
 *     it publishers are kept waiting
 * @param maxQueues queues of a virtual host
 * @param maxBindings bindings of a virtual host
 */
public record MessagingSettings(
    Set<String> virtualHosts,
    Durability durability,
    int maxMessageBytes,
    int windowMessages,
    long windowBytes,
    long maxHeapBytes,
    int maxQueues,
    int maxBindings) {

  /** The virtual host that clients mean who name none. */
  public static final String DEFAULT_VIRTUAL_HOST = "/";

  /** Copies the set. */
  public MessagingSettings {
    virtualHosts = Set.copyOf(virtualHosts);
  }

  /** One virtual host, group commit, RabbitMQ's longest message, and its share of the memory. */
  public static MessagingSettings defaults() {
    return new MessagingSettings(
        Set.of(DEFAULT_VIRTUAL_HOST),
        Durability.COMMIT,
        16 << 20,
        10_000,
        8L << 20,
        Runtime.getRuntime().maxMemory() * 2 / 5,
        50_000,
        1_000_000);
  }
}
