package io.millrace.broker.exchange;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A durable exchange, queue or binding, as it is written to the metadata log. Arguments hold
 * strings, numbers, booleans, byte arrays, instants, lists and maps of these.
 */
public sealed interface TopologyEntry {

  /** The virtual host that it belongs to. */
  String virtualHost();

  /**
   * The entry without what is not part of its identity: two with the same key replace each other.
   */
  Object identity();

  /** An exchange. */
  record ExchangeDefinition(
      String virtualHost,
      String name,
      ExchangeType type,
      boolean durable,
      boolean autoDelete,
      boolean internal,
      Map<String, Object> arguments)
      implements TopologyEntry {

    /** Copies the arguments. */
    public ExchangeDefinition {
      arguments = copy(arguments);
    }

    @Override
    public Object identity() {
      return new Identity('e', virtualHost, name);
    }
  }

  /**
   * A queue.
   *
   * @param id never used again
   * @param topic that holds its messages
   * @param partition of it
   * @param borrowed whether the topic was there before the queue, and stays when it goes
   */
  record QueueDefinition(
      String virtualHost,
      String name,
      UUID id,
      String topic,
      int partition,
      boolean borrowed,
      boolean autoDelete,
      Map<String, Object> arguments)
      implements TopologyEntry {

    /** A queue with a topic of its own. */
    public QueueDefinition(
        String virtualHost,
        String name,
        UUID id,
        String topic,
        boolean autoDelete,
        Map<String, Object> arguments) {
      this(virtualHost, name, id, topic, 0, false, autoDelete, arguments);
    }

    /** Copies the arguments. */
    public QueueDefinition {
      arguments = copy(arguments);
    }

    @Override
    public Object identity() {
      return new Identity('q', virtualHost, name);
    }
  }

  /**
   * A binding of an exchange to a queue, or to another exchange.
   *
   * @param source the exchange that messages come from
   * @param toExchange whether {@code destination} is an exchange
   */
  record Binding(
      String virtualHost,
      String source,
      boolean toExchange,
      String destination,
      String routingKey,
      Map<String, Object> arguments)
      implements TopologyEntry {

    /** Copies the arguments. */
    public Binding {
      arguments = copy(arguments);
    }

    @Override
    public Object identity() {
      return this;
    }
  }

  /**
   * Something that an operator wrote down, such as a policy.
   *
   * @param virtualHost empty for one of all hosts
   * @param component what it is: {@code policy}, {@code operator_policy} or {@link #GLOBAL}
   * @param value a map mostly, of what arguments hold
   */
  record Parameter(String virtualHost, String component, String name, Object value)
      implements TopologyEntry {

    /** The component of those that belong to no virtual host. */
    public static final String GLOBAL = "global";

    /** Whether it belongs to no virtual host. */
    public boolean isGlobal() {
      return component.equals(GLOBAL);
    }

    @Override
    public Object identity() {
      return new ParameterIdentity(virtualHost, component, name);
    }
  }

  /** What names a parameter. */
  record ParameterIdentity(String virtualHost, String component, String name) {}

  /** What names an exchange or a queue. */
  record Identity(char kind, String virtualHost, String name) {}

  private static Map<String, Object> copy(Map<String, Object> arguments) {
    return arguments.isEmpty()
        ? Map.of()
        : Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }
}
