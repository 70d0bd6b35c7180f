package io.millrace.amqp.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Queues of the type quorum, by RabbitMQ's own client. */
class QuorumQueuesTest extends ClientTest {

  private Channel channel;

  @Override
  void connected() throws Exception {
    channel = connection.createChannel();
    channel.confirmSelect();
  }

  private static Map<String, Object> quorum(Object... more) {
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("x-queue-type", "quorum");
    for (int i = 0; i < more.length; i += 2) {
      arguments.put(more[i].toString(), more[i + 1]);
    }
    return arguments;
  }

  private void publish(String queue, String body) throws Exception {
    channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body.getBytes(UTF_8));
    channel.waitForConfirmsOrDie(60_000);
  }

  private GetResponse awaitOne(String queue, boolean autoAcknowledge) {
    return awaitOne(channel, queue, autoAcknowledge);
  }

  @Test
  void aMessageThatComesBackSaysHowOftenAndIsADeadLetterAfterTheLimit() throws Exception {
    channel.queueDeclare("dead", true, false, false, null);
    channel.queueDeclare(
        "tasks",
        true,
        false,
        false,
        quorum(
            "x-delivery-limit",
            2,
            "x-dead-letter-exchange",
            "",
            "x-dead-letter-routing-key",
            "dead"));
    publish("tasks", "poison");
    for (long returns = 0; returns <= 2; returns++) {
      GetResponse got = awaitOne("tasks", false);
      Map<String, Object> headers = got.getProps().getHeaders();
      if (returns == 0) {
        assertThat(headers).isNullOrEmpty();
      } else {
        assertThat(headers)
            .containsEntry("x-delivery-count", returns)
            .containsEntry("x-acquired-count", returns);
      }
      channel.basicNack(got.getEnvelope().getDeliveryTag(), false, true);
    }
    GetResponse dead = awaitOne("dead", true);
    assertThat(dead.getProps().getHeaders().get("x-first-death-reason"))
        .hasToString("delivery_limit");
    assertThat(channel.queueDeclarePassive("tasks").getMessageCount()).isZero();
  }

  @Test
  void theCountOfDeliveriesOutlivesAKilledNodeAndCountsWhoeverHadTheMessage() throws Exception {
    Map<String, Object> arguments =
        quorum(
            "x-delivery-limit",
            2,
            "x-dead-letter-exchange",
            "",
            "x-dead-letter-routing-key",
            "dead");
    Path data = folder.resolve("killed");
    Files.createDirectories(data);
    try (NodeUnderTest first = NodeUnderTest.start(data)) {
      Connection own = first.factory().newConnection();
      Channel tasks = own.createChannel();
      tasks.confirmSelect();
      tasks.queueDeclare("dead", true, false, false, null);
      tasks.queueDeclare("tasks", true, false, false, arguments);
      tasks.basicPublish("", "tasks", MessageProperties.PERSISTENT_BASIC, new byte[] {1});
      tasks.waitForConfirmsOrDie(60_000);
      GetResponse got = awaitOne(tasks, "tasks", false);
      tasks.basicNack(got.getEnvelope().getDeliveryTag(), false, true);
      assertThat(awaitOne(tasks, "tasks", false).getProps().getHeaders())
          .containsEntry("x-delivery-count", 1L);
      // Answered once it is written down who has what.
      tasks.queueDeclarePassive("tasks");
      first.kill();
      own.abort(1000);
    }
    try (NodeUnderTest second = NodeUnderTest.start(data)) {
      Connection own = second.factory().newConnection();
      Channel tasks = own.createChannel();
      GetResponse got = awaitOne(tasks, "tasks", false);
      assertThat(got.getProps().getHeaders()).containsEntry("x-delivery-count", 2L);
      assertThat(got.getEnvelope().isRedeliver()).isTrue();
      tasks.queueDeclarePassive("tasks");
      second.kill();
      own.abort(1000);
    }
    try (NodeUnderTest third = NodeUnderTest.start(data)) {
      Connection own = third.factory().newConnection();
      Channel tasks = own.createChannel();
      assertThat(tasks.basicGet("tasks", true)).isNull();
      assertThat(awaitOne(tasks, "dead", true).getProps().getHeaders().get("x-first-death-reason"))
          .hasToString("delivery_limit");
      own.abort(1000);
    }
  }

  @Test
  void aDeadLetterStaysUntilAnotherQueueTakesItWhereItMustNotGetLost() throws Exception {
    channel.exchangeDeclare("dlx", "direct", true);
    channel.queueDeclare(
        "tasks",
        true,
        false,
        false,
        quorum(
            "x-dead-letter-exchange",
            "dlx",
            "x-dead-letter-routing-key",
            "dead",
            "x-dead-letter-strategy",
            "at-least-once",
            "x-overflow",
            "reject-publish"));
    publish("tasks", "nobody takes it");
    GetResponse got = awaitOne("tasks", false);
    channel.basicReject(got.getEnvelope().getDeliveryTag(), false);
    // Nothing is bound yet, also after a restart, which offers it again as a message.
    channel.queueDeclarePassive("tasks");
    restart();
    GetResponse again = awaitOne("tasks", false);
    assertThat(again.getEnvelope().isRedeliver()).isTrue();
    channel.basicReject(again.getEnvelope().getDeliveryTag(), false);
    channel.queueDeclare("dead", true, false, false, null);
    channel.queueBind("dead", "dlx", "dead");
    GetResponse dead = awaitOne("dead", true);
    assertThat(new String(dead.getBody(), UTF_8)).isEqualTo("nobody takes it");
    assertThat(dead.getProps().getHeaders().get("x-first-death-reason")).hasToString("rejected");
  }

  @Test
  void whatAQuorumQueueCannotDoIsRefusedAsRabbitMqDoes() throws Exception {
    assertRefused(
        own -> own.queueDeclare("q", false, false, false, quorum()),
        "PRECONDITION_FAILED - invalid property 'non-durable' for queue 'q' in vhost '/'");
    assertRefused(
        own -> own.queueDeclare("q", true, true, false, quorum()),
        "PRECONDITION_FAILED - invalid property 'exclusive-owner' for queue 'q' in vhost '/'");
    assertRefused(
        own -> own.queueDeclare("q", true, false, false, quorum("x-max-priority", 5)),
        "PRECONDITION_FAILED - invalid arg 'x-max-priority' for queue 'q' in vhost '/' of queue"
            + " type rabbit_quorum_queue");
    channel.queueDeclare("q", true, false, false, quorum());
    assertRefused(
        own -> {
          own.basicQos(0, 10, true);
          own.basicConsume("q", false, (tag, message) -> {}, tag -> {});
        },
        "NOT_IMPLEMENTED - queue 'q' in vhost '/' does not support global qos");
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
