package io.millrace.console.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dashboards read of queues and of whose turn it is to consume. */
class QueueFiguresTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BODY_BYTES = 10;

  @TempDir private Path folder;
  private ManagementFixture node;
  private Connection connection;
  private Channel channel;

  @BeforeEach
  void open() throws Exception {
    node = new ManagementFixture(folder);
    connection = node.connect();
    channel = connection.createChannel();
    channel.confirmSelect();
  }

  @AfterEach
  void close() {
    connection.abort();
    node.close();
  }

  private void consume(String queue, String tag, boolean exclusive) throws Exception {
    String unused =
        channel.basicConsume(
            queue, false, tag, false, exclusive, Map.of(), (each, message) -> {}, each -> {});
  }

  private Map<String, String> activities() throws Exception {
    Map<String, String> activities = new TreeMap<>();
    for (JsonNode each : node.get("/consumers")) {
      activities.put(
          each.path("consumer_tag").asText(),
          each.path("activity_status").asText() + " " + each.path("active").asBoolean());
    }
    return activities;
  }

  private void expectActive(String queue, String tag) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        node.get("/queues/%2F/" + queue)
                            .path("single_active_consumer_tag")
                            .asText())
                    .isEqualTo(tag));
  }

  @Test
  void theSingleActiveConsumerIsNamedAndTheNextOneTakesItsPlace() throws Exception {
    channel.queueDeclare("sac", true, false, false, Map.of("x-single-active-consumer", true));
    channel.queueDeclare("usual", true, false, false, Map.of());
    consume("sac", "first", false);
    consume("sac", "second", false);
    consume("usual", "any", false);
    expectActive("sac", "first");
    assertThat(activities())
        .isEqualTo(
            Map.of("first", "single_active true", "second", "waiting false", "any", "up true"));
    channel.basicCancel("first");
    expectActive("sac", "second");
    assertThat(activities()).isEqualTo(Map.of("second", "single_active true", "any", "up true"));
    JsonNode usual = node.get("/queues/%2F/usual");
    assertThat(usual.path("single_active_consumer_tag").isNull()).isTrue();
    assertThat(usual.path("exclusive_consumer_tag").isNull()).isTrue();
  }

  @Test
  void anExclusiveConsumerIsNamed() throws Exception {
    channel.queueDeclare("own", true, false, false, Map.of());
    consume("own", "alone", true);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(node.get("/queues/%2F/own").path("exclusive_consumer_tag").asText())
                    .isEqualTo("alone"));
  }

  private void publish(String queue, int mode) throws Exception {
    BasicProperties properties =
        new BasicProperties.Builder()
            .deliveryMode(mode)
            .timestamp(Date.from(Instant.ofEpochSecond(1_700_000_000L)))
            .build();
    channel.basicPublish("", queue, properties, new byte[BODY_BYTES]);
    channel.waitForConfirmsOrDie(60_000);
  }

  private void expectNumbers(String queue, Map<String, Long> numbers) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode document = node.get("/queues/%2F/" + queue);
              Map<String, Long> found = new TreeMap<>();
              numbers.keySet().forEach(each -> found.put(each, document.path(each).asLong(-1)));
              assertThat(found).isEqualTo(new TreeMap<>(numbers));
            });
  }

  @Test
  void bytesAndPlacesOfMessagesAreTold() throws Exception {
    channel.queueDeclare("q", true, false, false, Map.of());
    for (int i = 0; i < 3; i++) {
      publish("q", 2);
    }
    publish("q", 1);
    GetResponse first = Objects.requireNonNull(channel.basicGet("q", false));
    expectNumbers(
        "q",
        Map.of(
            "messages", 4L,
            "messages_ready", 3L,
            "message_bytes", 4L * BODY_BYTES,
            "message_bytes_ready", 3L * BODY_BYTES,
            "message_bytes_unacknowledged", 1L * BODY_BYTES,
            "messages_persistent", 3L,
            "message_bytes_persistent", 3L * BODY_BYTES,
            "messages_ready_ram", 3L,
            "messages_paged_out", 0L,
            "head_message_timestamp", 1_700_000_000L));
    channel.basicAck(first.getEnvelope().getDeliveryTag(), false);
    expectNumbers("q", Map.of("messages", 3L, "messages_persistent", 2L, "message_bytes", 30L));
    // As a node finds it when it starts.
    connection.close();
    node.close();
    open();
    expectNumbers("q", Map.of("messages", 2L, "messages_persistent", 2L, "message_bytes", 20L));
  }

  @Test
  void eachTypeOfQueueHasTheMembersThatRabbitmqGivesIt() throws Exception {
    channel.queueDeclare("c", true, false, false, Map.of());
    channel.queueDeclare("q", true, false, false, Map.of("x-queue-type", "quorum"));
    channel.queueDeclare("s", true, false, false, Map.of("x-queue-type", "stream"));
    assertThat(node.get("/queues/%2F/c").fieldNames())
        .toIterable()
        .contains(
            "exclusive_consumer_tag",
            "head_message_timestamp",
            "message_bytes_paged_out",
            "message_bytes_persistent",
            "message_bytes_ram",
            "messages_ram",
            "messages_unacknowledged_ram",
            "recoverable_slaves",
            "single_active_consumer_tag");
    assertThat(node.get("/queues/%2F/q").fieldNames())
        .toIterable()
        .contains(
            "leader",
            "members",
            "online",
            "message_bytes_dlx",
            "messages_dlx",
            "single_active_consumer_ctag");
    assertThat(node.get("/queues/%2F/s").fieldNames())
        .toIterable()
        .contains("members", "online", "readers")
        .doesNotContain("message_bytes_ready");
  }
}
