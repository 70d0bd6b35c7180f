package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a queue's arguments ask for.
 *
 * @param messageTtlMillis how long a message may wait, or -1
 * @param expiresMillis how long the queue may be unused, or -1
 * @param maxLength how many messages may wait, or -1
 * @param maxLengthBytes how many bytes of bodies may wait, or -1
 * @param deadLetterExchange where messages go that the queue gives up, or null
 * @param deadLetterRoutingKey with which key; null for their own
 * @param maxPriority the highest priority that it tells apart; 0 for none
 * @param deliveryLimit how often a message may come back, or -1
 * @param retain how long acknowledged messages stay in its topic
 */
public record QueueOptions(
    long messageTtlMillis,
    long expiresMillis,
    long maxLength,
    long maxLengthBytes,
    Overflow overflow,
    @Nullable String deadLetterExchange,
    @Nullable String deadLetterRoutingKey,
    int maxPriority,
    boolean singleActiveConsumer,
    int deliveryLimit,
    Duration retain) {

  /** Whether there is a limit to how many messages may wait. */
  boolean isBounded() {
    return maxLength >= 0 || maxLengthBytes >= 0;
  }

  /** Whether so many messages, and bytes of them, are too many. */
  boolean isOver(long count, long bytes) {
    return (maxLength >= 0 && count > maxLength) || (maxLengthBytes >= 0 && bytes > maxLengthBytes);
  }

  /** What happens when there are too many messages. */
  public enum Overflow {
    DROP_HEAD,
    REJECT_PUBLISH,
    REJECT_PUBLISH_DLX
  }

  /** That of RabbitMQ's quorum queues. */
  private static final int QUORUM_DELIVERY_LIMIT = 20;

  private static final long MOST_MILLIS = 315_360_000_000L;

  /**
   * Reads arguments.
   *
   * @param where to say in refusals, such as {@code queue 'tasks' in vhost '/'}
   * @throws TopologyException with {@code PRECONDITION_FAILED} for one that cannot be used
   */
  static QueueOptions of(Map<String, Object> arguments, boolean durable, String where) {
    Reading reading = new Reading(arguments, where);
    String type = reading.text("x-queue-type", "classic");
    if (!type.equals("classic") && !type.equals("quorum")) {
      throw reading.refused("x-queue-type", "is " + type + "; allowed: classic, quorum");
    }
    boolean quorum = type.equals("quorum");
    if (quorum && !durable) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED, "invalid property 'non-durable' for " + where);
    }
    String exchange = reading.optional("x-dead-letter-exchange");
    String key = reading.optional("x-dead-letter-routing-key");
    if (key != null && exchange == null) {
      throw reading.refused("x-dead-letter-routing-key", "needs x-dead-letter-exchange");
    }
    return new QueueOptions(
        reading.number("x-message-ttl", 0, MOST_MILLIS),
        reading.number("x-expires", 1, MOST_MILLIS),
        reading.number("x-max-length", 0, Long.MAX_VALUE),
        reading.number("x-max-length-bytes", 0, Long.MAX_VALUE),
        overflow(reading),
        exchange,
        key,
        quorum ? 0 : (int) Math.max(0, reading.number("x-max-priority", 0, 255)),
        reading.truth("x-single-active-consumer"),
        deliveryLimit(reading, quorum),
        Duration.ofMillis(Math.max(0, reading.number("x-retain", 0, MOST_MILLIS))));
  }

  private static Overflow overflow(Reading reading) {
    String name = reading.text("x-overflow", "drop-head");
    return switch (name) {
      case "drop-head" -> Overflow.DROP_HEAD;
      case "reject-publish" -> Overflow.REJECT_PUBLISH;
      case "reject-publish-dlx" -> Overflow.REJECT_PUBLISH_DLX;
      default ->
          throw reading.refused(
              "x-overflow",
              "is " + name + "; allowed: drop-head, reject-publish, reject-publish-dlx");
    };
  }

  private static int deliveryLimit(Reading reading, boolean quorum) {
    if (!quorum && !reading.arguments.containsKey("x-delivery-limit")) {
      return -1;
    }
    return reading.arguments.containsKey("x-delivery-limit")
        ? (int) reading.number("x-delivery-limit", -1, Integer.MAX_VALUE)
        : QUORUM_DELIVERY_LIMIT;
  }

  /** Arguments with what to say when one is wrong. */
  private record Reading(Map<String, Object> arguments, String where) {

    TopologyException refused(String name, String what) {
      return new TopologyException(
          Reason.PRECONDITION_FAILED, "invalid arg '" + name + "' for " + where + ": " + what);
    }

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
  }
}
