package io.millrace.streams.connector;

import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.Connector;
import java.util.Locale;
import java.util.Set;

/**
 * The addresses under which Kafka clients reach this node. A table that names another broker is
 * refused: jobs read and write this node's own log only.
 *
 * @param hostPorts such as {@code localhost:9092}; empty when any port of this machine's loopback
 *     address is taken for this node
 */
public record NodeAddresses(Set<String> hostPorts) {

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /** Any loopback address. */
  public static final NodeAddresses LOOPBACK_ONLY = new NodeAddresses(Set.of());

  /** Takes an unmodifiable copy. */
  public NodeAddresses {
    hostPorts = Set.copyOf(hostPorts);
  }

  /** Refuses a table whose {@code properties.bootstrap.servers} name another broker. */
  public void check(String table, Connector.Kafka options) {
    String servers = options.properties().get("bootstrap.servers");
    if (servers == null) {
      return;
    }
    for (String server : servers.split(",", -1)) {
      String address = server.strip().toLowerCase(Locale.ROOT);
      if (!isOwn(address)) {
        throw new JobException(
            "Table "
                + table
                + " has 'properties.bootstrap.servers' = '"
                + servers
                + "', which is another broker; jobs read and write this node's own topics: leave"
                + " the option out"
                + (hostPorts.isEmpty() ? "" : " or name " + String.join(" or ", hostPorts)));
      }
    }
  }

  private boolean isOwn(String address) {
    if (!hostPorts.isEmpty()) {
      return hostPorts.contains(address);
    }
    int colon = address.lastIndexOf(':');
    return LOOPBACK.contains(colon < 0 ? address : address.substring(0, colon));
  }
}
