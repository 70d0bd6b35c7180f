package io.millrace.kafka.quota;

import io.millrace.core.SettingException;
import java.net.InetAddress;
import java.util.Map;

/**
 * How many connections there may be, and how many may come in a second. Immutable.
 *
 * @param maxConnections open ones of all ports ({@code max.connections})
 * @param maxPerIp open ones from one address ({@code max.connections.per.ip})
 * @param maxPerIpOverrides the same for single addresses ({@code max.connections.per.ip.overrides})
 * @param maxCreationRate new ones in a second, on all ports ({@code max.connection.creation.rate})
 */
public record ConnectionQuotaSettings(
    int maxConnections,
    int maxPerIp,
    Map<InetAddress, Integer> maxPerIpOverrides,
    int maxCreationRate) {

  /** Kafka's, but for a bound on all connections. */
  public static final ConnectionQuotaSettings DEFAULT =
      new ConnectionQuotaSettings(20_000, Integer.MAX_VALUE, Map.of(), Integer.MAX_VALUE);

  /** Checks the ranges. */
  public ConnectionQuotaSettings {
    notNegative("max.connections", maxConnections);
    notNegative("max.connections.per.ip", maxPerIp);
    notNegative("max.connection.creation.rate", maxCreationRate);
    maxPerIpOverrides.forEach(
        (address, most) -> notNegative("max.connections.per.ip.overrides", most));
    maxPerIpOverrides = Map.copyOf(maxPerIpOverrides);
  }

  private static void notNegative(String setting, long value) {
    if (value < 0) {
      throw new SettingException(setting, "is " + value, "0 to " + Integer.MAX_VALUE);
    }
  }
}
