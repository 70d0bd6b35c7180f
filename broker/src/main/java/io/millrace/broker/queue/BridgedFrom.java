package io.millrace.broker.queue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header that names the topics which a message has come out of, so that exchanges and topics
 * bound in a circle hand it round once. Pure functions.
 */
final class BridgedFrom {

  private static final String HEADER = "x-bridged-from";

  private BridgedFrom() {}

  /** Whether the message has come out of that topic. */
  static boolean contains(Message message, String topic) {
    Map<String, Object> headers = message.headers();
    return !headers.isEmpty()
        && headers.get(HEADER) instanceof List<?> topics
        && topics.contains(topic);
  }

  /**
   * The message as it comes out of a topic.
   *
   * @param exchange that it has when it was published to none
   */
  static Message mark(Message message, String topic, String exchange) {
    Map<String, Object> headers = new LinkedHashMap<>(message.headers());
    List<Object> topics = new ArrayList<>();
    if (headers.get(HEADER) instanceof List<?> before) {
      topics.addAll(before);
    }
    topics.add(topic);
    headers.put(HEADER, topics);
    return new Message(
        message.exchange().isEmpty() ? exchange : message.exchange(),
        message.routingKey(),
        message.properties().with(headers, false),
        message.body());
  }
}
