package io.millrace.app.config;

import java.util.List;
import java.util.Set;

/** RabbitMQ's management API over the AMQP port. */
public final class AmqpManagementKeys {

  public static final Key<Boolean> ENABLED =
      new Key<>(
          "amqp.management.enabled",
          Kind.SWITCH,
          "true",
          "Whether RabbitMQ's management API is served: see docs/amqp-management.md.");
  public static final Key<Integer> PORT =
      new Key<>(
          "amqp.management.port",
          Kind.PORT,
          null,
          "Port of the management API; 0 for any free one. Without it, 10000 more than"
              + " `amqp.port` (15672), or any free one where that is none.");
  public static final Key<Set<String>> ALLOWED_HOSTS =
      new Key<>(
          "amqp.management.allowed-hosts",
          Kind.HOST_NAMES,
          null,
          "Names that it may be asked by, besides `localhost`, `host` and IP addresses; other names"
              + " are answered 421.");
  public static final Key<Long> MAX_BODY_SIZE =
      new Key<>(
          "amqp.management.max-body-size",
          Kind.bytesTo(256L << 20),
          "20MiB",
          "The longest body of a request, such as definitions; longer ones are answered 413.");
  public static final Key<Integer> MAX_CONNECTIONS =
      new Key<>(
          "amqp.management.max-connections",
          Kind.count(1, 10_000),
          "256",
          "Open connections to it; further ones are answered 503.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(ENABLED, PORT, ALLOWED_HOSTS, MAX_BODY_SIZE, MAX_CONNECTIONS);

  private AmqpManagementKeys() {}
}
