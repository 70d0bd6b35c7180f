package io.millrace.app.config;

import java.util.List;

/** What connects exchanges with topics. */
public final class AmqpBridgeKeys {

  /** Path of the list of bridges. */
  public static final String LIST = "amqp.bridges[]";

  /** Which way messages go. */
  public enum Direction {
    TO_TOPIC,
    FROM_TOPIC
  }

  public static final Key<String> EXCHANGE =
      new Key<>(
          "amqp.bridges[].exchange",
          Kind.TEXT,
          null,
          "An exchange that is connected with a topic; made when it is not there.");
  public static final Key<String> TYPE =
      new Key<>(
          "amqp.bridges[].type",
          Kind.TEXT,
          "topic",
          "The type of the exchange when it is made: `direct`, `fanout`, `topic` or `headers`.");
  public static final Key<String> TOPIC =
      new Key<>("amqp.bridges[].topic", Kind.TEXT, null, "The topic; made when it is not there.");
  public static final Key<Direction> DIRECTION =
      new Key<>(
          "amqp.bridges[].direction",
          Kind.oneOf(Direction.class),
          "to-topic",
          "Whether messages of the exchange go to the topic, or the topic's records to the"
              + " exchange.");
  public static final Key<String> ROUTING_KEY =
      new Key<>(
          "amqp.bridges[].routing-key", Kind.TEXT, "#", "Which messages: the key of the binding.");
  public static final Key<String> VIRTUAL_HOST =
      new Key<>("amqp.bridges[].virtual-host", Kind.TEXT, "/", "The virtual host of the exchange.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(EXCHANGE, TYPE, TOPIC, DIRECTION, ROUTING_KEY, VIRTUAL_HOST);

  private AmqpBridgeKeys() {}
}
