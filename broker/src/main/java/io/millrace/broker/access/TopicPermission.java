package io.millrace.broker.access;

import java.util.Map;

/**
 * Which routing keys a user may use with a topic exchange. A user without one for an exchange may
 * use all, as far as {@link VirtualHostPermission} goes. In the regular expressions {@code
 * {username}} and {@code {vhost}} stand for these names.
 *
 * @param exchange name of the exchange; {@code amq.default} for the default one
 * @param write routing keys that the user may publish with
 * @param read binding keys that the user may bind with
 */
public record TopicPermission(
    String user, String virtualHost, String exchange, NameRegex write, NameRegex read)
    implements AccessEntry {

  /** Checks the names. */
  public TopicPermission {
    AccessChecks.name("user", user);
    AccessChecks.name("virtual host", virtualHost);
    AccessChecks.name("exchange", exchange);
  }

  /**
   * From the texts of regular expressions.
   *
   * @throws io.millrace.broker.BrokerException for one that is none
   */
  public static TopicPermission of(
      String user, String virtualHost, String exchange, String write, String read) {
    Map<String, String> variables = Map.of("{username}", user, "{vhost}", virtualHost);
    return new TopicPermission(
        user, virtualHost, exchange, NameRegex.of(write, variables), NameRegex.of(read, variables));
  }

  /** The routing keys that a right is for; there are none to configure. */
  public NameRegex of(Right right) {
    return switch (right) {
      case CONFIGURE -> NameRegex.NONE;
      case WRITE -> write;
      case READ -> read;
    };
  }

  @Override
  public Object identity() {
    return new Identity(user, virtualHost, exchange);
  }

  private record Identity(String user, String virtualHost, String exchange) {}
}
