package io.millrace.console;

import io.millrace.core.SettingException;
import java.util.Set;

/**
 * How a console is served.
 *
 * @param host address to listen on. The console asks nobody for a password: an address other than
 *     loopback gives everyone who can reach it all of its powers
 * @param port to listen on; 0 for any free one
 * @param allowedHosts names, in lower case and without port, under which the console may be asked
 *     besides {@code localhost}, {@link #host} and IP addresses: any other name in a request's Host
 *     field is taken for DNS rebinding and refused
 * @param maxBodyBytes of a request; larger ones are answered 413
 * @param maxConnections further ones are answered 503
 */
public record ConsoleSettings(
    String host, int port, Set<String> allowedHosts, int maxBodyBytes, int maxConnections) {

  /** Checks the ranges. */
  public ConsoleSettings {
    if (port < 0 || port > 65535) {
      throw new SettingException("console.port", "is " + port, "a number from 0 to 65535");
    }
    if (maxBodyBytes < 1024 || maxBodyBytes > 16 << 20) {
      throw new SettingException(
          "console.max-body-bytes", "is " + maxBodyBytes, "a number from 1024 to 16777216");
    }
    if (maxConnections < 1 || maxConnections > 10_000) {
      throw new SettingException(
          "console.max-connections", "is " + maxConnections, "a number from 1 to 10000");
    }
    allowedHosts = Set.copyOf(allowedHosts);
  }

  /** 127.0.0.1:8081. */
  public static ConsoleSettings defaults() {
    return on("127.0.0.1", 8081);
  }

  /** The defaults on a given address: bodies to 256 KiB, 256 connections. */
  public static ConsoleSettings on(String host, int port) {
    return new ConsoleSettings(host, port, Set.of(), 256 * 1024, 256);
  }
}
