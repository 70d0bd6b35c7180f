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
 * @param maxLengthBytes how many bytes of bodies may wait, or -1; of a stream how large its log may
 *     be
 * @param deadLetterExchange where messages go that the queue gives up, or null
 * @param deadLetterRoutingKey with which key; null for their own
 * @param deadLetterAtLeastOnce whether it keeps what no other queue takes
 * @param maxPriority the highest priority that it tells apart; 0 for none
 * @param deliveryLimit how often a message may come back, or -1
 * @param retain how long acknowledged messages stay in its topic
 * @param stream what only a stream can be told
 */
public record QueueOptions(
    QueueType type,
    long messageTtlMillis,
    long expiresMillis,
    long maxLength,
    long maxLengthBytes,
    Overflow overflow,
    @Nullable String deadLetterExchange,
    @Nullable String deadLetterRoutingKey,
    boolean deadLetterAtLeastOnce,
    int maxPriority,
    boolean singleActiveConsumer,
    int deliveryLimit,
    Duration retain,
    StreamLimits stream) {

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

  /**
   * How a stream keeps its log.
   *
   * @param maxAgeMillis records may go that are older, or -1
   * @param segmentBytes size of the files that go as a whole, or -1
   */
  public record StreamLimits(long maxAgeMillis, long segmentBytes) {}

  /** That of RabbitMQ's quorum queues. */
  private static final int QUORUM_DELIVERY_LIMIT = 20;

  private static final long MOST_MILLIS = 315_360_000_000L;
  private static final long MOST_SEGMENT_BYTES = 3_000_000_000L;

  /**
   * Reads the arguments of a declaration.
   *
   * @throws TopologyException with {@code PRECONDITION_FAILED} for one that cannot be used
   */
  static QueueOptions of(QueueDeclaration asked) {
    String where = asked.where();
    ArgumentReading reading = new ArgumentReading(asked.arguments(), where);
    String label = reading.text("x-queue-type", "classic");
    QueueType type = QueueType.of(label);
    if (type == null) {
      throw reading.refused("x-queue-type", "is " + label + "; allowed: classic, quorum, stream");
    }
    if (type != QueueType.CLASSIC) {
      refuse(asked.autoDelete(), "auto-delete", where);
      refuse(asked.owner() != null, "exclusive-owner", where);
      refuse(!asked.durable(), "non-durable", where);
    }
    for (String argument : asked.arguments().keySet()) {
      if (type.refuses(argument)) {
        throw new TopologyException(
            Reason.PRECONDITION_FAILED,
            "invalid arg '" + argument + "' for " + where + " of queue type " + type.module());
      }
    }
    String exchange = reading.optional("x-dead-letter-exchange");
    String key = reading.optional("x-dead-letter-routing-key");
    if (key != null && exchange == null) {
      throw reading.refused("x-dead-letter-routing-key", "needs x-dead-letter-exchange");
    }
    Overflow overflow = overflow(reading);
    long filter = reading.number("x-stream-filter-size-bytes", 16, 255);
    assert filter <= 255;
    return new QueueOptions(
        type,
        reading.number("x-message-ttl", 0, MOST_MILLIS),
        reading.number("x-expires", 1, MOST_MILLIS),
        reading.number("x-max-length", 0, Long.MAX_VALUE),
        reading.number("x-max-length-bytes", 0, Long.MAX_VALUE),
        overflow,
        exchange,
        key,
        isAtLeastOnce(reading) && exchange != null && overflow == Overflow.REJECT_PUBLISH,
        (int) Math.max(0, reading.number("x-max-priority", 0, 255)),
        reading.truth("x-single-active-consumer"),
        deliveryLimit(reading, type),
        Duration.ofMillis(Math.max(0, reading.number("x-retain", 0, MOST_MILLIS))),
        new StreamLimits(
            reading.age("x-max-age"),
            reading.number("x-stream-max-segment-size-bytes", 1, MOST_SEGMENT_BYTES)));
  }

  private static void refuse(boolean given, String property, String where) {
    if (given) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED, "invalid property '" + property + "' for " + where);
    }
  }

  private static Overflow overflow(ArgumentReading reading) {
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

  private static boolean isAtLeastOnce(ArgumentReading reading) {
    String name = reading.text("x-dead-letter-strategy", "at-most-once");
    return switch (name) {
      case "at-most-once" -> false;
      case "at-least-once" -> true;
      default ->
          throw reading.refused(
              "x-dead-letter-strategy", "is " + name + "; allowed: at-most-once, at-least-once");
    };
  }

  private static int deliveryLimit(ArgumentReading reading, QueueType type) {
    Map<String, Object> arguments = reading.arguments();
    if (arguments.containsKey("x-delivery-limit")) {
      return (int) reading.number("x-delivery-limit", -1, Integer.MAX_VALUE);
    }
    return type == QueueType.QUORUM ? QUORUM_DELIVERY_LIMIT : -1;
  }
}
