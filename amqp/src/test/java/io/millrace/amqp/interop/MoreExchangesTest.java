package io.millrace.amqp.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The exchange types that RabbitMQ has as plugins, by its own client. */
class MoreExchangesTest extends ClientTest {

  private Channel channel;

  @Override
  void connected() throws Exception {
    channel = connection.createChannel();
    channel.confirmSelect();
  }

  private void publish(String exchange, String key, Map<String, Object> headers, String body)
      throws Exception {
    channel.basicPublish(
        exchange,
        key,
        new BasicProperties.Builder().deliveryMode(2).headers(headers).build(),
        body.getBytes(UTF_8));
  }

  private long count(String queue) throws Exception {
    return channel.queueDeclarePassive(queue).getMessageCount();
  }

  @Test
  void aConsistentHashSharesKeysByWeightAndMovesFewWhenAQueueGoes() throws Exception {
    channel.exchangeDeclare("hash", "x-consistent-hash", true);
    for (int i = 0; i < 4; i++) {
      channel.queueDeclare("q" + i, true, false, false, null);
      channel.queueBind("q" + i, "hash", i == 3 ? "2" : "1");
    }
    Map<String, String> before = spread();
    long heavy = before.values().stream().filter("q3"::equals).count();
    assertThat(heavy / 2000.0).isCloseTo(2 / 5.0, within(0.12));
    assertThat(spread()).as("the same key goes to the same queue").isEqualTo(before);
    channel.queueUnbind("q0", "hash", "1");
    Map<String, String> after = spread();
    before.forEach(
        (key, queue) -> {
          if (!queue.equals("q0")) {
            assertThat(after.get(key)).isEqualTo(queue);
          }
        });
    assertThat(after.values()).doesNotContain("q0");
  }

  /** Publishes 2000 keys, and says which queue has each. */
  private Map<String, String> spread() throws Exception {
    for (int i = 0; i < 2000; i++) {
      channel.basicPublish("hash", "key-" + i, null, ("key-" + i).getBytes(UTF_8));
    }
    channel.waitForConfirmsOrDie(60_000);
    Map<String, String> found = new HashMap<>();
    for (int i = 0; i < 4; i++) {
      for (GetResponse got = channel.basicGet("q" + i, true);
          got != null;
          got = channel.basicGet("q" + i, true)) {
        found.put(new String(got.getBody(), UTF_8), "q" + i);
      }
    }
    assertThat(found).hasSize(2000);
    return found;
  }

  @Test
  void aConsistentHashLooksAtAHeaderOrAPropertyWhereItIsToldTo() throws Exception {
    channel.exchangeDeclare(
        "by-header", "x-consistent-hash", true, false, Map.of("hash-header", "customer"));
    channel.exchangeDeclare(
        "by-property", "x-consistent-hash", true, false, Map.of("hash-property", "message_id"));
    for (int i = 0; i < 3; i++) {
      channel.queueDeclare("h" + i, true, false, false, null);
      channel.queueBind("h" + i, "by-header", "10");
      channel.queueDeclare("p" + i, true, false, false, null);
      channel.queueBind("p" + i, "by-property", "10");
    }
    for (int i = 0; i < 60; i++) {
      publish("by-header", "key-" + i, Map.of("customer", "one"), "x");
      channel.basicPublish(
          "by-property",
          "key",
          new BasicProperties.Builder()
              .contentType("text/plain")
              .headers(Map.of("a", 1))
              .deliveryMode(2)
              .correlationId("c")
              .messageId("m-" + i)
              .build(),
          new byte[0]);
    }
    channel.waitForConfirmsOrDie(60_000);
    assertThat(List.of(count("h0"), count("h1"), count("h2"))).containsOnlyOnce(60L).contains(0L);
    assertThat(count("p0") + count("p1") + count("p2")).isEqualTo(60);
    assertThat(Math.max(count("p0"), Math.max(count("p1"), count("p2")))).isLessThan(60);
    assertRefused(
        own -> own.queueBind("h0", "by-header", "heavy"),
        "The binding key must be an integer: 'heavy'; allowed: 0 to 1000");
    assertRefused(
        own ->
            own.exchangeDeclare(
                "both",
                "x-consistent-hash",
                true,
                false,
                Map.of("hash-header", "a", "hash-property", "message_id")),
        "hash-header and hash-property are mutually exclusive");
  }

  @Test
  void aRandomExchangeSendsEachMessageToOneQueue() throws Exception {
    channel.exchangeDeclare("dice", "x-random", true);
    channel.queueDeclare("a", true, false, false, null);
    channel.queueDeclare("b", true, false, false, null);
    channel.queueBind("a", "dice", "");
    channel.queueBind("b", "dice", "");
    for (int i = 0; i < 200; i++) {
      publish("dice", "any", Map.of(), "x");
    }
    channel.waitForConfirmsOrDie(60_000);
    assertThat(count("a") + count("b")).isEqualTo(200);
    assertThat(count("a")).isBetween(40L, 160L);
  }

  @Test
  void aDelayedMessageComesWhenItsTimeHasComeAndSaysForHowLongItWaited() throws Exception {
    channel.exchangeDeclare(
        "later", "x-delayed-message", true, false, Map.of("x-delayed-type", "topic"));
    channel.queueDeclare("tasks", true, false, false, null);
    channel.queueBind("tasks", "later", "task.*");
    long began = System.nanoTime();
    publish("later", "task.a", Map.of("x-delay", 900), "second");
    publish("later", "task.b", Map.of("x-delay", 300), "first");
    publish("later", "task.c", Map.of(), "at once");
    publish("later", "other", Map.of("x-delay", 100), "nobody's");
    channel.waitForConfirmsOrDie(60_000);
    GetResponse atOnce = channel.basicGet("tasks", true);
    assertThat(new String(atOnce.getBody(), UTF_8)).isEqualTo("at once");
    assertThat(atOnce.getProps().getHeaders()).isNullOrEmpty();
    await().atMost(PATIENCE).until(() -> count("tasks") == 2);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(890));
    GetResponse first = channel.basicGet("tasks", true);
    assertThat(new String(first.getBody(), UTF_8)).isEqualTo("first");
    assertThat(first.getEnvelope().getExchange()).isEqualTo("later");
    assertThat(first.getProps().getHeaders())
        .containsOnlyKeys("x-delay")
        .containsEntry("x-delay", -300);
    assertThat(new String(channel.basicGet("tasks", true).getBody(), UTF_8)).isEqualTo("second");
    assertRefused(
        own -> own.exchangeDeclare("never", "x-delayed-message", true),
        "Invalid argument, 'x-delayed-type' must be an existing exchange type");
  }

  @Test
  void aDelayedExchangeBehindAnotherOneDelaysToo() throws Exception {
    channel.exchangeDeclare("first", "fanout", true);
    channel.exchangeDeclare(
        "later", "x-delayed-message", true, false, Map.of("x-delayed-type", "direct"));
    channel.exchangeBind("later", "first", "");
    channel.exchangeBind("first", "later", "round");
    channel.queueDeclare("tasks", true, false, false, null);
    channel.queueBind("tasks", "later", "round");
    publish("first", "round", Map.of("x-delay", 50), "x");
    channel.waitForConfirmsOrDie(60_000);
    await().atMost(PATIENCE).until(() -> count("tasks") == 1);
    assertThat(channel.basicGet("tasks", true).getProps().getHeaders())
        .containsEntry("x-delay", -50);
  }

  @Test
  void delayedMessagesAreThereAfterTheNodeWasKilled() throws Exception {
    Set<String> seen = new HashSet<>();
    for (int round = 0; round < 2; round++) {
      try (ClientProcess process =
          ClientProcess.start(
              folder, ClientProcess.java(NodeProcess.class, folder.resolve("own").toString()))) {
        await()
            .atMost(PATIENCE)
            .until(() -> !process.isAlive() || process.output().contains("serving "));
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setAutomaticRecoveryEnabled(false);
        factory.setPort(
            Integer.parseInt(process.output().lines().toList().getLast().substring(8).trim()));
        Connection own = factory.newConnection();
        try {
          Channel there = own.createChannel();
          there.confirmSelect();
          there.exchangeDeclare(
              "later", "x-delayed-message", true, false, Map.of("x-delayed-type", "direct"));
          there.queueDeclare("tasks", true, false, false, null);
          there.queueBind("tasks", "later", "t");
          if (round == 0) {
            for (int i = 0; i < 50; i++) {
              there.basicPublish(
                  "later",
                  "t",
                  new BasicProperties.Builder().headers(Map.of("x-delay", 3000 + i)).build(),
                  ("m" + i).getBytes(UTF_8));
            }
            there.waitForConfirmsOrDie(60_000);
            process.kill();
          } else {
            await()
                .atMost(PATIENCE)
                .until(
                    () -> {
                      GetResponse got = there.basicGet("tasks", true);
                      if (got != null) {
                        seen.add(new String(got.getBody(), UTF_8));
                      }
                      return seen.size() == 50;
                    });
          }
        } finally {
          own.abort(1000);
        }
      }
    }
    assertThat(seen).hasSize(50);
  }

  @Test
  void anAlternateExchangeGetsWhatNoBindingMatchesAlsoBehindAnotherExchange() throws Exception {
    channel.exchangeDeclare("rest", "fanout", true);
    channel.exchangeDeclare("orders", "direct", true, false, Map.of("alternate-exchange", "rest"));
    channel.exchangeDeclare("front", "fanout", true);
    channel.exchangeBind("orders", "front", "");
    channel.queueDeclare("eu", true, false, false, null);
    channel.queueDeclare("others", true, false, false, null);
    channel.queueBind("eu", "orders", "eu");
    channel.queueBind("others", "rest", "");
    publish("front", "eu", Map.of(), "1");
    publish("front", "us", Map.of(), "2");
    channel.waitForConfirmsOrDie(60_000);
    assertThat(count("eu")).isOne();
    assertThat(count("others")).isOne();
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
