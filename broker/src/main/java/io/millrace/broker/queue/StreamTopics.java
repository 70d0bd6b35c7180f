package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.exchange.TopologyEntry.QueueDefinition;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.exchange.TopologyException.Reason;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * On which topic a stream stands: the one of its name where there is one, else one of its own. A
 * super stream is a topic of several partitions, whose streams have the names that RabbitMQ gives
 * them: {@code invoices-0}, {@code invoices-1} and so on. Pure functions.
 */
final class StreamTopics {

  /** RabbitMQ's. */
  private static final long SEGMENT_BYTES = 500_000_000;

  private static final long LEAST_SEGMENT_BYTES = 1 << 20;
  private static final long MOST_SEGMENT_BYTES = Integer.MAX_VALUE;

  private StreamTopics() {}

  /** A partition of a topic that is there already. */
  record Place(Topic topic, int partition) {}

  /** The name of the topic that a queue would like to have. */
  static String plainName(QueueDeclaration asked) {
    String host = asked.virtualHost();
    return host.equals("/") ? asked.name() : host + "." + asked.name();
  }

  /**
   * Finds the partition that a stream is a view of.
   *
   * @return null when there is none, and the stream gets a topic of its own
   * @throws TopologyException with {@code PRECONDITION_FAILED} when there are several
   */
  static @Nullable Place placeOf(QueueDeclaration asked, Topics topics) {
    String name = plainName(asked);
    Topic same = topics.find(name);
    if (same != null) {
      if (same.partitions().size() > 1) {
        throw new TopologyException(
            Reason.PRECONDITION_FAILED,
            asked.where()
                + " cannot be a stream of topic "
                + name
                + ", which has "
                + same.partitions().size()
                + " partitions; allowed: one of "
                + asked.name()
                + "-0 to "
                + asked.name()
                + "-"
                + (same.partitions().size() - 1));
      }
      return new Place(same, 0);
    }
    int dash = name.lastIndexOf('-');
    int number = dash < 0 ? -1 : number(name, dash + 1);
    Topic whole = number < 0 ? null : topics.find(name.substring(0, dash));
    if (whole == null || !whole.has(number)) {
      return null;
    }
    return new Place(whole, number);
  }

  /** A plain number without leading zeros, or -1. */
  private static int number(String text, int from) {
    int length = text.length() - from;
    if (length < 1 || length > 6 || (length > 1 && text.charAt(from) == '0')) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < text.length(); i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = 10 * number + (digit - '0');
    }
    return number;
  }

  /**
   * Refuses a stream of what is not for everybody.
   *
   * @param topology all queues that there are
   * @throws TopologyException with {@code PRECONDITION_FAILED}
   */
  static void check(QueueDeclaration asked, Topic topic, Collection<TopologyEntry> topology) {
    boolean isQueues =
        topology.stream()
            .anyMatch(
                each ->
                    each instanceof QueueDefinition queue
                        && !queue.borrowed()
                        && queue.topic().equals(topic.name()));
    if (topic.internal() || isQueues) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          asked.where()
              + " cannot be a stream of topic "
              + topic.name()
              + ", which is "
              + (isQueues ? "a queue's" : "the node's")
              + " own");
    }
  }

  /** The settings of a queue's topic. */
  static Map<String, String> settings(Map<String, String> usual, QueueOptions options) {
    if (options.type() != QueueType.STREAM) {
      return usual;
    }
    Map<String, String> settings = new HashMap<>(usual);
    settings.putAll(ofStream(options));
    return settings;
  }

  /** Those that a stream's options ask for. */
  static Map<String, String> ofStream(QueueOptions options) {
    long segment = options.stream().segmentBytes();
    return Map.of(
        "segment.bytes",
        Long.toString(
            Math.clamp(
                segment < 0 ? SEGMENT_BYTES : segment, LEAST_SEGMENT_BYTES, MOST_SEGMENT_BYTES)),
        "retention.ms",
        Long.toString(options.stream().maxAgeMillis()),
        "retention.bytes",
        Long.toString(options.maxLengthBytes()));
  }
}
