package io.millrace.broker.queue;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a queue hands out its messages, and which arguments it takes. */
public enum QueueType {
  /** Each message to one consumer, durable or not. */
  CLASSIC,
  /** As classic, always durable, with a count of the deliveries that failed. */
  QUORUM,
  /** All messages to each consumer, from wherever it asks to begin. */
  STREAM;

  private static final Map<QueueType, Set<String>> ARGUMENTS =
      Map.of(
          CLASSIC,
          Set.of(
              "x-expires",
              "x-message-ttl",
              "x-dead-letter-exchange",
              "x-dead-letter-routing-key",
              "x-max-length",
              "x-max-length-bytes",
              "x-max-priority",
              "x-overflow",
              "x-queue-mode",
              "x-queue-version",
              "x-queue-master-locator",
              "x-single-active-consumer",
              "x-delivery-limit"),
          QUORUM,
          Set.of(
              "x-expires",
              "x-message-ttl",
              "x-dead-letter-exchange",
              "x-dead-letter-routing-key",
              "x-dead-letter-strategy",
              "x-max-length",
              "x-max-length-bytes",
              "x-max-in-memory-length",
              "x-max-in-memory-bytes",
              "x-overflow",
              "x-single-active-consumer",
              "x-quorum-initial-group-size",
              "x-queue-leader-locator",
              "x-delivery-limit"),
          STREAM,
          Set.of(
              "x-max-length-bytes",
              "x-max-age",
              "x-stream-max-segment-size-bytes",
              "x-stream-filter-size-bytes",
              "x-initial-cluster-size",
              "x-queue-leader-locator"));

  /** The name that declarations use, such as {@code classic}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name that RabbitMQ's refusals use. */
  String module() {
    return "rabbit_" + label() + "_queue";
  }

  /** Whether the argument means something to another type, but not to this one. */
  boolean refuses(String argument) {
    return !takes(argument)
        && ARGUMENTS.values().stream().anyMatch(each -> each.contains(argument));
  }

  private boolean takes(String argument) {
    return ARGUMENTS.getOrDefault(this, Set.of()).contains(argument);
  }

  /** The type of that name, or null. */
  public static @Nullable QueueType of(String label) {
    for (QueueType each : values()) {
      if (each.label().equals(label)) {
        return each;
      }
    }
    return null;
  }
}
