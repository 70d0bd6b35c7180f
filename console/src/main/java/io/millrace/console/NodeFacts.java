package io.millrace.console;

import java.nio.file.Path;
import java.util.List;

/**
 * What a node is.
 *
 * @param version of the program
 * @param dataFolder where its logs are
 * @param startMillis when it was started, in milliseconds since the Unix epoch
 * @param listeners the ports of the other protocols, in the order in which they are shown
 */
public record NodeFacts(
    String version, Path dataFolder, long startMillis, List<Listener> listeners) {

  /** Takes an unmodifiable copy. */
  public NodeFacts {
    listeners = List.copyOf(listeners);
  }

  /**
   * An open port.
   *
   * @param protocol such as {@code kafka} or {@code http}
   * @param address as {@code host:port}
   */
  public record Listener(String protocol, String address) {}
}
