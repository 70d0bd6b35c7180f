package io.millrace.broker.exchange;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How an exchange chooses among its bindings. */
public enum ExchangeType {
  /** The routing key is the binding key. */
  DIRECT,
  /** All bindings. */
  FANOUT,
  /** The routing key's words match the binding key's, where * is one word and # any number. */
  TOPIC,
  /** The message has the headers that the binding's arguments name. */
  HEADERS;

  /** The name that declarations use, such as {@code direct}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of that name, or null. */
  public static @Nullable ExchangeType of(String label) {
    for (ExchangeType type : values()) {
      if (type.label().equals(label)) {
        return type;
      }
    }
    return null;
  }
}
