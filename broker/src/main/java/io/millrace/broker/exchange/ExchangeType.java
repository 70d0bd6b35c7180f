package io.millrace.broker.exchange;

import org.jspecify.annotations.Nullable;

/** How an exchange chooses among its bindings. */
public enum ExchangeType {
  /** The routing key is the binding key. */
  DIRECT("direct"),
  /** All bindings. */
  FANOUT("fanout"),
  /** The routing key's words match the binding key's, where * is one word and # any number. */
  TOPIC("topic"),
  /** The message has the headers that the binding's arguments name. */
  HEADERS("headers"),
  /**
   * One binding, the same for the same routing key (or header, or property), and hardly another one
   * when bindings come and go; binding keys are weights.
   */
  CONSISTENT_HASH("x-consistent-hash"),
  /** One binding by chance. */
  RANDOM("x-random"),
  /** As {@link #RANDOM}, of the queues of this node. */
  LOCAL_RANDOM("x-local-random"),
  /**
   * As the type in its argument {@code x-delayed-type}, once a message's {@code x-delay} is over.
   */
  DELAYED("x-delayed-message");

  private final String label;

  ExchangeType(String label) {
    this.label = label;
  }

  /** The name that declarations use, such as {@code direct}. */
  public String label() {
    return label;
  }

  /** The type of that name, or null. */
  public static @Nullable ExchangeType of(String label) {
    for (ExchangeType type : values()) {
      if (type.label.equals(label)) {
        return type;
      }
    }
    return null;
  }
}
