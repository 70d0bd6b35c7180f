package io.millrace.bench.amqp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a load looks like.
 *
 * @param topology which queues there are, and how messages get there
 * @param bodyBytes of each message
 * @param durable whether messages are persistent and queues durable
 * @param queueType value of {@code x-queue-type}, or null
 * @param confirmWindow most messages that are not confirmed yet; 0 without confirms
 * @param prefetch of each consumer, which acknowledges by hand; 0 for consumers that do not
 *     acknowledge
 * @param mostOnTheWay most messages that are published and not delivered
 */
record Shape(
    Topology topology,
    int bodyBytes,
    boolean durable,
    @Nullable String queueType,
    int confirmWindow,
    int prefetch,
    int mostOnTheWay) {

  private static final int TOPIC_QUEUES = 10;
  private static final int TOPIC_BINDINGS = 10_000;
  private static final int FAN_OUT = 100;
  private static final int FAN_OUT_CONNECTIONS = 4;
  private static final int ALIKE = 4096;
  private static final String EXCHANGE = "bench";

  /** Where messages go. */
  enum Topology {
    /** By the default exchange to one queue. */
    QUEUE,
    /** By a fanout exchange to 100 queues. */
    FANOUT,
    /** By a topic exchange with 10,000 patterns to one of ten queues each. */
    TOPIC
  }

  boolean autoAcknowledge() {
    return prefetch == 0;
  }

  /** A consumer acknowledges so many at once. */
  int acknowledgeEvery() {
    return Math.max(1, prefetch / 10);
  }

  /** How many queues each message goes to. */
  int copies() {
    return topology == Topology.FANOUT ? FAN_OUT : 1;
  }

  int consumerConnections() {
    return topology == Topology.FANOUT ? FAN_OUT_CONNECTIONS : 1;
  }

  List<String> queues() {
    int count =
        switch (topology) {
          case QUEUE -> 1;
          case FANOUT -> FAN_OUT;
          case TOPIC -> TOPIC_QUEUES;
        };
    return IntStream.range(0, count).mapToObj(number -> "bench-" + number).toList();
  }

  /** Makes queues, exchange and bindings. */
  void declare(LeanConnection connection) throws IOException {
    for (String queue : queues()) {
      connection.declareQueue(queue, durable, queueType);
    }
    switch (topology) {
      case QUEUE -> {
        // The default exchange knows all queues.
      }
      case FANOUT -> {
        connection.declareExchange(EXCHANGE, "fanout");
        for (String queue : queues()) {
          connection.writeBind(queue, EXCHANGE, "");
          connection.flush();
          connection.answered(LeanConnection.QUEUE_BIND);
        }
      }
      case TOPIC -> {
        connection.declareExchange(EXCHANGE, "topic");
        for (int i = 0; i < TOPIC_BINDINGS; i++) {
          connection.writeBind("bench-" + i % TOPIC_QUEUES, EXCHANGE, pattern(i));
          connection.flush();
          connection.answered(LeanConnection.QUEUE_BIND);
        }
      }
    }
  }

  /** Half of the patterns have a star in them, half a hash. */
  private static String pattern(int number) {
    return "site" + number % 100 + (number % 2 == 0 ? ".*." : ".#.") + "sensor" + number / 100;
  }

  /** A key that one pattern matches, and no other one. */
  private static String key(int number) {
    return "site" + number % 100 + ".floor" + number % 7 + ".sensor" + number / 100;
  }

  /** The messages. */
  PublishFrames frames() {
    List<String> keys = new ArrayList<>();
    switch (topology) {
      case QUEUE -> {
        for (int i = 0; i < ALIKE; i++) {
          keys.add("bench-0");
        }
      }
      case FANOUT -> {
        for (int i = 0; i < ALIKE; i++) {
          keys.add("");
        }
      }
      case TOPIC -> {
        // One after the other by a step that has no divisor in common with their number.
        for (int i = 0; i < TOPIC_BINDINGS; i++) {
          keys.add(key((int) (i * 7919L % TOPIC_BINDINGS)));
        }
      }
    }
    return new PublishFrames(topology == Topology.QUEUE ? "" : EXCHANGE, keys, bodyBytes, durable);
  }
}
