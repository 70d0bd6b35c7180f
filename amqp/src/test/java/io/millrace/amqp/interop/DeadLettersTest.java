package io.millrace.amqp.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages that a queue gives up, and exchanges that have no match for one. */
class DeadLettersTest extends ClientTest {

  private Channel channel;

  @Override
  void connected() throws Exception {
    channel = connection.createChannel();
    channel.queueDeclare("dead", true, false, false, null);
  }

  private void queue(String name, Map<String, Object> arguments) throws IOException {
    channel.queueDeclare(name, true, false, false, arguments);
  }

  private void publish(String queue, String body) throws IOException {
    channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body.getBytes(UTF_8));
  }

  private GetResponse awaitOne(String queue) {
    return awaitOne(channel, queue, true);
  }

  private static Map<?, ?> death(GetResponse dead, int index) {
    return (Map<?, ?>) ((List<?>) dead.getProps().getHeaders().get("x-death")).get(index);
  }

  @Test
  void rejectedTwiceCountsTwo() throws Exception {
    queue("work", Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
    publish("work", "x");
    GetResponse first = channel.basicGet("work", false);
    channel.basicReject(first.getEnvelope().getDeliveryTag(), false);
    GetResponse dead = awaitOne("dead");
    channel.basicPublish("", "work", dead.getProps(), dead.getBody());
    GetResponse again = channel.basicGet("work", false);
    channel.basicNack(again.getEnvelope().getDeliveryTag(), false, false);
    Map<?, ?> death = death(awaitOne("dead"), 0);
    assertThat(death.get("reason")).hasToString("rejected");
    assertThat(death.get("queue")).hasToString("work");
    assertThat(death.get("count")).isEqualTo(2L);
  }

  @Test
  void aTransientMessageThatIsRejectedIsNotLost() throws Exception {
    channel.queueDeclare(
        "memory",
        false,
        false,
        false,
        Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
    channel.basicPublish("", "memory", null, "x".getBytes(UTF_8));
    GetResponse got = channel.basicGet("memory", false);
    channel.basicReject(got.getEnvelope().getDeliveryTag(), false);
    assertThat(awaitOne("dead").getBody()).asString(UTF_8).isEqualTo("x");
  }

  @Test
  void whatComesBackTooOftenIsGivenUp() throws Exception {
    queue(
        "work",
        Map.of(
            "x-queue-type",
            "quorum",
            "x-delivery-limit",
            2,
            "x-dead-letter-exchange",
            "",
            "x-dead-letter-routing-key",
            "dead"));
    publish("work", "poison");
    for (int i = 0; i < 3; i++) {
      GetResponse got = channel.basicGet("work", false);
      channel.basicNack(got.getEnvelope().getDeliveryTag(), false, true);
    }
    assertThat(death(awaitOne("dead"), 0).get("reason")).hasToString("delivery_limit");
    assertThat(channel.basicGet("work", true)).isNull();
  }

  @Test
  void whatDropsOutOfABoundedQueueIsNotLost() throws Exception {
    queue(
        "short",
        Map.of(
            "x-max-length", 1, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
    publish("short", "old");
    publish("short", "new");
    GetResponse dead = awaitOne("dead");
    assertThat(dead.getBody()).asString(UTF_8).isEqualTo("old");
    assertThat(death(dead, 0).get("reason")).hasToString("maxlen");
  }

  @Test
  void aCircleWithoutAConsumerEnds() throws Exception {
    queue(
        "a",
        Map.of("x-message-ttl", 1, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "b"));
    queue(
        "b",
        Map.of("x-message-ttl", 1, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "a"));
    publish("a", "round");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                channel.queueDeclarePassive("a").getMessageCount() == 0
                    && channel.queueDeclarePassive("b").getMessageCount() == 0);
  }

  @Test
  void aLongChainOfQueuesIsPassedThrough() throws Exception {
    int length = 300;
    for (int i = 0; i < length; i++) {
      channel.queueDeclare(
          "chain-" + i,
          false,
          false,
          false,
          Map.of(
              "x-max-length",
              0,
              "x-dead-letter-exchange",
              "",
              "x-dead-letter-routing-key",
              i + 1 < length ? "chain-" + (i + 1) : "dead"));
    }
    publish("chain-0", "through");
    assertThat(awaitOne("dead").getBody()).asString(UTF_8).isEqualTo("through");
  }

  @Test
  void theAlternateExchangeGetsWhatMatchesNothing() throws Exception {
    channel.exchangeDeclare("rest", "fanout", true);
    channel.queueBind("dead", "rest", "");
    channel.exchangeDeclare("orders", "direct", true, false, Map.of("alternate-exchange", "rest"));
    queue("known", Map.of());
    channel.queueBind("known", "orders", "known");
    channel.basicPublish("orders", "known", null, "1".getBytes(UTF_8));
    channel.basicPublish("orders", "unknown", null, "2".getBytes(UTF_8));
    assertThat(awaitOne("known").getBody()).asString(UTF_8).isEqualTo("1");
    assertThat(awaitOne("dead").getBody()).asString(UTF_8).isEqualTo("2");
  }

  @Test
  void copiesGoToFurtherKeysAndBlindOnesAreNotTold() throws Exception {
    queue("one", Map.of());
    queue("two", Map.of());
    queue("three", Map.of());
    channel.basicPublish(
        "",
        "one",
        new BasicProperties.Builder()
            .headers(Map.of("CC", List.of("two"), "BCC", List.of("three", "two")))
            .build(),
        "x".getBytes(UTF_8));
    for (String queue : List.of("one", "two", "three")) {
      GetResponse got = awaitOne(queue);
      assertThat(got.getProps().getHeaders()).containsOnlyKeys("CC");
      assertThat(channel.basicGet(queue, true)).isNull();
    }
  }

  @Test
  void anAutoDeleteExchangeGoesWithItsLastBinding() throws Exception {
    channel.exchangeDeclare("passing", "topic", true, true, null);
    channel.queueBind("dead", "passing", "a.#");
    channel.queueUnbind("dead", "passing", "a.#");
    assertThat(node.server().messaging().find("/").exchange("passing")).isNull();
  }
}
