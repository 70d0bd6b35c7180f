package io.millrace.amqp.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Topic;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Queues of the type stream, by RabbitMQ's own client. */
class StreamsTest extends ClientTest {

  private static final Map<String, Object> STREAM = Map.of("x-queue-type", "stream");

  private Channel channel;

  @Override
  void connected() throws Exception {
    channel = connection.createChannel();
    channel.confirmSelect();
  }

  private void publish(String queue, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      channel.basicPublish("", queue, null, Integer.toString(i).getBytes(UTF_8));
    }
    channel.waitForConfirmsOrDie(60_000);
  }

  /** Consumes with acknowledgements into a list. */
  private List<Delivery> consume(String queue, Map<String, Object> arguments) throws IOException {
    List<Delivery> seen = new CopyOnWriteArrayList<>();
    Channel own = connection.createChannel();
    own.basicQos(10);
    own.basicConsume(
        queue,
        false,
        arguments,
        (tag, message) -> {
          seen.add(message);
          own.basicAck(message.getEnvelope().getDeliveryTag(), false);
        },
        tag -> {});
    return seen;
  }

  private List<Delivery> consumeFrom(String queue, Object offset) throws IOException {
    return consume(queue, Map.of("x-stream-offset", offset));
  }

  private static List<Integer> numbers(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(each -> Integer.valueOf(new String(each.getBody(), UTF_8)))
        .toList();
  }

  private static List<Integer> range(int from, int to) {
    List<Integer> all = new ArrayList<>();
    for (int i = from; i < to; i++) {
      all.add(i);
    }
    return all;
  }

  private static void awaitNumbers(List<Delivery> deliveries, int from, int to) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(numbers(deliveries)).isEqualTo(range(from, to)));
  }

  @Test
  void eachConsumerReadsAllFromWhereItAsksToBegin() throws Exception {
    channel.queueDeclare("events", true, false, false, STREAM);
    publish("events", 0, 100);
    List<Delivery> first = consumeFrom("events", "first");
    List<Delivery> again = consumeFrom("events", "first");
    List<Delivery> middle = consumeFrom("events", 42L);
    List<Delivery> tooFar = consumeFrom("events", 1_000_000L);
    List<Delivery> lastHour = consumeFrom("events", "1h");
    List<Delivery> yesterday =
        consumeFrom("events", Date.from(Instant.now().minus(Duration.ofDays(1))));
    List<Delivery> next = consumeFrom("events", "next");
    List<Delivery> usual = consume("events", Map.of());
    publish("events", 100, 120);
    awaitNumbers(first, 0, 120);
    awaitNumbers(again, 0, 120);
    awaitNumbers(middle, 42, 120);
    awaitNumbers(tooFar, 100, 120);
    awaitNumbers(lastHour, 0, 120);
    awaitNumbers(yesterday, 0, 120);
    awaitNumbers(next, 100, 120);
    awaitNumbers(usual, 100, 120);
    assertThat(middle.getFirst().getProperties().getHeaders())
        .containsEntry("x-stream-offset", 42L);
    List<Delivery> last = consumeFrom("events", "last");
    await().atMost(PATIENCE).until(() -> numbers(last).contains(119));
    assertThat(last.getFirst().getProperties().getHeaders().get("x-stream-offset"))
        .isNotEqualTo(0L);
  }

  @Test
  void anAcknowledgementMakesRoomAndForgetsNothing() throws Exception {
    channel.queueDeclare("events", true, false, false, STREAM);
    publish("events", 0, 20);
    List<Delivery> seen = new CopyOnWriteArrayList<>();
    Channel own = connection.createChannel();
    own.basicQos(5);
    own.basicConsume(
        "events",
        false,
        Map.of("x-stream-offset", "first"),
        (tag, message) -> seen.add(message),
        tag -> {});
    awaitNumbers(seen, 0, 5);
    own.basicNack(seen.get(0).getEnvelope().getDeliveryTag(), false, true);
    own.basicAck(seen.get(2).getEnvelope().getDeliveryTag(), true);
    awaitNumbers(seen, 0, 8);
    own.close();
    assertThat(channel.queueDeclarePassive("events").getMessageCount()).isEqualTo(20);
    awaitNumbers(consumeFrom("events", "first"), 0, 20);
  }

  @Test
  void aFilterLeavesOutWhatTheConsumerDoesNotWant() throws Exception {
    channel.queueDeclare("events", true, false, false, STREAM);
    String[] regions = {"emea", "apac", "amer", null};
    for (int i = 0; i < 40; i++) {
      Map<String, Object> headers = new HashMap<>();
      if (regions[i % 4] != null) {
        headers.put("x-stream-filter-value", regions[i % 4]);
      }
      channel.basicPublish(
          "",
          "events",
          new BasicProperties.Builder().headers(headers).build(),
          Integer.toString(i).getBytes(UTF_8));
    }
    channel.waitForConfirmsOrDie(60_000);
    List<Delivery> one =
        consume("events", Map.of("x-stream-offset", "first", "x-stream-filter", "emea"));
    List<Delivery> two =
        consume(
            "events",
            Map.of(
                "x-stream-offset",
                "first",
                "x-stream-filter",
                List.of("apac", "amer"),
                "x-stream-match-unfiltered",
                true));
    await().atMost(PATIENCE).until(() -> one.size() >= 10 && two.size() >= 30);
    assertThat(numbers(one)).allMatch(number -> number % 4 == 0).hasSize(10);
    assertThat(numbers(two)).allMatch(number -> number % 4 != 0).hasSize(30);
  }

  @Test
  void aStreamIsThereAfterARestartWithItsOffsets() throws Exception {
    channel.queueDeclare("events", true, false, false, STREAM);
    publish("events", 0, 10);
    restart();
    publish("events", 10, 20);
    awaitNumbers(consumeFrom("events", 5), 5, 20);
  }

  @Test
  void limitsOfAStreamAreThoseOfItsTopic() throws Exception {
    channel.queueDeclare(
        "events",
        true,
        false,
        false,
        Map.of(
            "x-queue-type",
            "stream",
            "x-max-age",
            "7D",
            "x-max-length-bytes",
            5_000_000_000L,
            "x-stream-max-segment-size-bytes",
            100_000_000));
    Topic topic = node.broker().topics().find("events");
    assertThat(topic.settings().log().retentionAge()).isEqualTo(Duration.ofDays(7));
    assertThat(topic.settings().log().retentionBytes()).isEqualTo(5_000_000_000L);
    assertThat(topic.settings().log().segmentBytes()).isEqualTo(100_000_000);
  }

  @Test
  void theStreamsOfATopicAreItsPartitions() throws Exception {
    node.broker()
        .topics()
        .create(new NewTopic("invoices", 3, Map.of()))
        .toCompletableFuture()
        .join();
    for (int i = 0; i < 3; i++) {
      channel.queueDeclare("invoices-" + i, true, false, false, STREAM);
    }
    publish("invoices-1", 0, 10);
    awaitNumbers(consumeFrom("invoices-1", "first"), 0, 10);
    assertThat(node.broker().topics().find("invoices", 1).endOffset()).isEqualTo(10);
    assertThat(node.broker().topics().find("invoices", 0).endOffset()).isZero();
    channel.queueDelete("invoices-1");
    assertThat(node.broker().topics().find("invoices", 1)).isNotNull();
    assertRefused(
        own -> own.queueDeclare("invoices", true, false, false, STREAM),
        "PRECONDITION_FAILED - queue 'invoices' in vhost '/' cannot be a stream of topic invoices,"
            + " which has 3 partitions; allowed: one of invoices-0 to invoices-2");
    channel.queueDeclare("tasks", true, false, false, null);
    assertRefused(
        own -> own.queueDeclare("tasks-0", true, false, false, STREAM),
        "PRECONDITION_FAILED - queue 'tasks-0' in vhost '/' cannot be a stream of topic tasks,"
            + " which is a queue's own");
  }

  @Test
  void whatAStreamCannotDoIsRefusedAsRabbitMqDoes() throws Exception {
    channel.queueDeclare("events", true, false, false, STREAM);
    assertRefused(
        own -> own.basicConsume("events", false, (tag, message) -> {}, tag -> {}),
        "PRECONDITION_FAILED - consumer prefetch count is not set for stream queue 'events' in"
            + " vhost '/'");
    assertRefused(
        own -> {
          own.basicQos(10);
          own.basicConsume(
              "events", false, Map.of("x-stream-offset", "7x"), (tag, message) -> {}, tag -> {});
        },
        "PRECONDITION_FAILED - invalid arg 'x-stream-offset' for queue 'events' in vhost '/': is"
            + " 7x; allowed: a number and one of Y, M, D, h, m and s, such as 7D");
    assertRefused(
        own -> own.queueDeclare("other", false, false, false, STREAM),
        "PRECONDITION_FAILED - invalid property 'non-durable' for queue 'other' in vhost '/'");
    assertRefused(
        own -> own.queueDeclare("other", true, true, false, STREAM),
        "PRECONDITION_FAILED - invalid property 'exclusive-owner' for queue 'other' in vhost '/'");
    assertRefused(
        own -> own.queueDeclare("other", true, false, true, STREAM),
        "PRECONDITION_FAILED - invalid property 'auto-delete' for queue 'other' in vhost '/'");
    assertRefused(
        own ->
            own.queueDeclare(
                "other",
                true,
                false,
                false,
                Map.of("x-queue-type", "stream", "x-message-ttl", 1000)),
        "PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue 'other' in vhost '/' of queue"
            + " type rabbit_stream_queue");
    assertRefused(
        own -> own.basicGet("events", false),
        "NOT_IMPLEMENTED - basic.get not supported by stream queues queue 'events' in vhost '/'");
  }

  /** What a client does. */
  private interface Call {
    void with(Channel own) throws Exception;
  }

  private void assertRefused(Call call, String text) throws Exception {
    Connection other = node.connect();
    try {
      Channel own = other.createChannel();
      assertThatThrownBy(() -> call.with(own))
          .satisfies(
              failure ->
                  assertThat(failure.getCause() == null ? failure : failure.getCause())
                      .hasMessageContaining(text));
    } finally {
      other.abort();
    }
  }
}
