package io.millrace.broker.queue;

import io.millrace.broker.exchange.Routable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message. Immutable, and the same object in all queues that it went to.
 *
 * @param exchange that it was published to
 * @param routingKey that it was published with
 * @param body not to be changed
 * @param shared where the body lies when several queues share it, or null
 */
public record Message(
    String exchange,
    String routingKey,
    MessageProperties properties,
    byte[] body,
    @Nullable SharedBody shared)
    implements Routable {

  private static final int OVERHEAD_BYTES = 128;

  /** A message whose body is its own. */
  public Message(String exchange, String routingKey, MessageProperties properties, byte[] body) {
    this(exchange, routingKey, properties, body, null);
  }

  Message sharing(SharedBody place) {
    return new Message(exchange, routingKey, properties, body, place);
  }

  @Override
  public Map<String, Object> headers() {
    return properties.headers();
  }

  @Override
  public @Nullable String property(String name) {
    return properties.property(name);
  }

  /** The same message with other headers. */
  Message with(Map<String, Object> headers) {
    return new Message(exchange, routingKey, properties.with(headers, false), body);
  }

  /** What it takes in memory, roughly. */
  public int heapBytes() {
    return OVERHEAD_BYTES + body.length + properties.encoded().length;
  }
}
