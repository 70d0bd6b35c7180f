package io.millrace.console.management;

import io.millrace.core.SettingException;
import java.util.Set;

/**
 * How the management API is served.
 *
 * @param host address to listen on
 * @param port to listen on; 0 for any free one
 * @param allowedHosts names, in lower case and without port, under which it may be asked besides
 *     {@code localhost}, {@link #host} and IP addresses
 * @param maxBodyBytes of a request; larger ones are answered 413. Definitions are the longest
 * @param maxConnections further ones are answered 503
 */
public record ManagementSettings(
    String host, int port, Set<String> allowedHosts, int maxBodyBytes, int maxConnections) {

  /** Checks the ranges. */
  public ManagementSettings {
    if (port < 0 || port > 65535) {
      throw new SettingException("amqp.management.port", "is " + port, "a number from 0 to 65535");
    }
    if (maxBodyBytes < 1024 || maxBodyBytes > 256 << 20) {
      throw new SettingException(
          "amqp.management.max-body-size", "is " + maxBodyBytes, "1KiB to 256MiB");
    }
    if (maxConnections < 1 || maxConnections > 10_000) {
      throw new SettingException(
          "amqp.management.max-connections", "is " + maxConnections, "a number from 1 to 10000");
    }
    allowedHosts = Set.copyOf(allowedHosts);
  }

  /** On an address: bodies to 20 MB, as RabbitMQ has it, and 256 connections. */
  public static ManagementSettings on(String host, int port) {
    return new ManagementSettings(host, port, Set.of(), 20_000_000, 256);
  }
}
