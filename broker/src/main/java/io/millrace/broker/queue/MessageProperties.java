package io.millrace.broker.queue;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a publisher said about a message beside its body. Immutable; any thread. */
public interface MessageProperties {

  /** Whether it is to survive a restart of the node, in a durable queue. */
  boolean persistent();

  /** From 0, the lowest. */
  int priority();

  /** Milliseconds that it may wait in a queue, or -1. */
  long expirationMillis();

  /** Its headers. */
  Map<String, Object> headers();

  /**
   * A property as a text, or null when it was not given.
   *
   * @param name {@code message_id}, {@code correlation_id} or {@code timestamp}
   */
  @Nullable String property(String name);

  /** The same properties with other headers, and without an expiration when that is said. */
  MessageProperties with(Map<String, Object> headers, boolean dropExpiration);

  /** As they are stored: {@link Format#decode} makes them again. Not to be changed. */
  byte[] encoded();

  /** A protocol's way to write properties down. */
  interface Format {

    /**
     * Properties as they were stored.
     *
     * @throws IllegalArgumentException when the bytes are none
     */
    MessageProperties decode(byte[] encoded);

    /** Properties of a record that another protocol wrote. */
    MessageProperties of(Map<String, Object> headers);
  }
}
