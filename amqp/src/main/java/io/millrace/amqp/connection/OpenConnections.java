package io.millrace.amqp.connection;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The connections that are open. Any thread. */
public final class OpenConnections {

  private final Map<String, OpenConnection> byName = new ConcurrentHashMap<>();

  /** None yet. */
  public OpenConnections() {}

  void add(OpenConnection connection) {
    byName.put(connection.name(), connection);
  }

  void remove(OpenConnection connection) {
    byName.remove(connection.name(), connection);
  }

  /** All of them, as they come and go. */
  public Collection<OpenConnection> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** The one of that name, or null. */
  public @Nullable OpenConnection find(String name) {
    return byName.get(name);
  }
}
