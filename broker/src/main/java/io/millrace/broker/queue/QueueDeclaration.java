package io.millrace.broker.queue;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue as it is asked for.
 *
 * @param name empty for one that the node is to choose
 * @param durable whether it outlives the node
 * @param owner the connection that alone may use it, or null
 * @param autoDelete whether it goes with its last consumer
 */
public record QueueDeclaration(
    String virtualHost,
    String name,
    boolean durable,
    @Nullable Object owner,
    boolean autoDelete,
    Map<String, Object> arguments) {

  /** Copies the arguments. */
  public QueueDeclaration {
    arguments =
        arguments.isEmpty()
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }

  QueueDeclaration named(String chosen) {
    return new QueueDeclaration(virtualHost, chosen, durable, owner, autoDelete, arguments);
  }

  QueueDeclaration with(Map<String, Object> otherArguments) {
    return new QueueDeclaration(virtualHost, name, durable, owner, autoDelete, otherArguments);
  }

  /** Whether it is that connection's own. */
  @SuppressWarnings("ReferenceEquality") // A connection is itself and no other.
  boolean isOwnedBy(@Nullable Object connection) {
    return owner == connection;
  }

  String where() {
    return "queue '" + name + "' in vhost '" + virtualHost + "'";
  }
}
