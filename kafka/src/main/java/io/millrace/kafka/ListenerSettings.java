package io.millrace.kafka;

import io.millrace.core.SettingException;
import org.jspecify.annotations.Nullable;

/**
 * A port for clients.
 *
 * @param name for messages and metrics; each port has another
 * @param host address to listen on
 * @param port to listen on, 0 for any free one
 * @param protocol how it is secured
 * @param advertisedHost name that clients of this port are told to connect to; null for {@code
 *     host}, or the machine's loopback name when that is a wildcard
 * @param advertisedPort port that they are told; 0 for the one that was bound
 */
public record ListenerSettings(
    String name,
    String host,
    int port,
    SecurityProtocol protocol,
    @Nullable String advertisedHost,
    int advertisedPort) {

  /** Checks the ranges. */
  public ListenerSettings {
    check("kafka.listeners[].port", port);
    check("kafka.listeners[].advertised-port", advertisedPort);
  }

  private static void check(String setting, int port) {
    if (port < 0 || port > 65_535) {
      throw new SettingException(setting, "is " + port, "0 to 65535");
    }
  }
}
