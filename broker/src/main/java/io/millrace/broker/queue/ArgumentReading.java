package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.broker.policy.StreamAge;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arguments with what to say when one is wrong.
 *
 * @param where such as {@code queue 'tasks' in vhost '/'}
 */
record ArgumentReading(Map<String, Object> arguments, String where) {

  TopologyException refused(String name, String what) {
    return new TopologyException(
        Reason.PRECONDITION_FAILED, "invalid arg '" + name + "' for " + where + ": " + what);
  }

  /** A whole number, or -1 when there is none. */
  long number(String name, long least, long most) {
    Object value = arguments.get(name);
    if (value == null) {
      return -1;
    }
    if (!(value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte)) {
      throw refused(name, "is no whole number");
    }
    long number = ((Number) value).longValue();
    if (number < least || number > most) {
      throw refused(name, "is " + number + "; allowed: " + least + " to " + most);
    }
    return number;
  }

  @Nullable String optional(String name) {
    Object value = arguments.get(name);
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text)) {
      throw refused(name, "is no text");
    }
    return text;
  }

  String text(String name, String usual) {
    String given = optional(name);
    return given == null ? usual : given;
  }

  boolean truth(String name) {
    Object value = arguments.get(name);
    if (value == null) {
      return false;
    }
    if (!(value instanceof Boolean truth)) {
      throw refused(name, "is neither true nor false");
    }
    return truth;
  }

  /** An age such as {@code 7D}, in milliseconds, or -1 when there is none. */
  long age(String name) {
    String given = optional(name);
    return given == null ? -1 : age(name, given);
  }

  /** As {@link #age(String)}, of a text that is there. */
  long age(String name, String text) {
    long millis = StreamAge.millis(text);
    if (millis >= 0) {
      return millis;
    }
    throw refused(
        name, "is " + text + "; allowed: a number and one of Y, M, D, h, m and s, such as 7D");
  }
}
