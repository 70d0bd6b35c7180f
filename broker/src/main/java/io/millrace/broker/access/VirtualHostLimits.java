package io.millrace.broker.access;

/**
 * How much there may be in a virtual host.
 *
 * @param maxConnections open at a time; -1 for no limit
 * @param maxQueues of all kinds; -1 for no limit but the node's
 */
public record VirtualHostLimits(int maxConnections, int maxQueues) {

  /** No limits. */
  public static final VirtualHostLimits NONE = new VirtualHostLimits(-1, -1);

  /** Checks the bounds. */
  public VirtualHostLimits {
    AccessChecks.limit("max-connections", maxConnections);
    AccessChecks.limit("max-queues", maxQueues);
  }
}
