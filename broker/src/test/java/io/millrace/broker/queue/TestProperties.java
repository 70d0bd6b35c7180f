package io.millrace.broker.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Properties without headers.
 *
 * @param expirationMillis or -1
 */
record TestProperties(boolean persistent, long expirationMillis, int priority)
    implements MessageProperties {

  TestProperties(boolean persistent, long expirationMillis) {
    this(persistent, expirationMillis, 0);
  }

  static final Format FORMAT =
      new Format() {
        @Override
        public MessageProperties decode(byte[] encoded) {
          String[] parts = new String(encoded, UTF_8).split(" ", 3);
          return new TestProperties(
              Boolean.parseBoolean(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
        }

        @Override
        public MessageProperties of(Map<String, Object> headers) {
          return new TestProperties(true, -1);
        }
      };

  @Override
  public Map<String, Object> headers() {
    return Map.of();
  }

  @Override
  public @Nullable String property(String name) {
    return null;
  }

  @Override
  public MessageProperties with(Map<String, Object> headers, boolean dropExpiration) {
    return dropExpiration ? new TestProperties(persistent, -1, priority) : this;
  }

  @Override
  public byte[] encoded() {
    return (persistent + " " + expirationMillis + " " + priority).getBytes(UTF_8);
  }
}
