package io.millrace.broker.exchange;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What routing looks at. */
public interface Routable {

  /** The key that its publisher gave it. */
  String routingKey();

  /** Its headers; asked for only where an exchange on the way looks at them. */
  Map<String, Object> headers();

  /**
   * A property of the message as a text, or null when it has none.
   *
   * @param name {@code message_id}, {@code correlation_id} or {@code timestamp}
   */
  @Nullable String property(String name);
}
