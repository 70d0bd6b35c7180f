package io.millrace.amqp.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import io.millrace.amqp.AmqpSettings;
import io.millrace.amqp.NodeFixture;
import io.millrace.broker.queue.MessagingSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** RabbitMQ's own Java client, unmodified. */
class AmqpClientTest extends ClientTest {

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(GetResponse response) {
    return response == null ? null : new String(response.getBody(), UTF_8);
  }

  /** Consumes with automatic acknowledgement into a list. */
  private static List<String> collect(Channel channel, String queue) throws IOException {
    List<String> seen = new CopyOnWriteArrayList<>();
    channel.basicConsume(
        queue, true, (tag, message) -> seen.add(new String(message.getBody(), UTF_8)), tag -> {});
    return seen;
  }

  private static void awaitSize(List<?> list, int size) {
    await().atMost(PATIENCE).until(() -> list.size() >= size);
    assertThat(list).hasSize(size);
  }

  @Test
  void helloWorld() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("hello", false, false, false, null);
    channel.basicPublish("", "hello", null, bytes("Hello World!"));
    awaitSize(collect(channel, "hello"), 1);
  }

  @Test
  void confirmedPersistentMessagesSurviveARestartInOrderWithTheirProperties() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("tasks", true, false, false, null);
    channel.confirmSelect();
    BasicProperties properties =
        new BasicProperties.Builder()
            .deliveryMode(2)
            .contentType("text/plain")
            .contentEncoding("utf-8")
            .correlationId("c-1")
            .messageId("m-1")
            .type("task")
            .appId("tests")
            .headers(Map.of("count", 7, "name", "one", "deep", Map.of("list", List.of(1L, "a"))))
            .build();
    for (int i = 0; i < 1000; i++) {
      channel.basicPublish("", "tasks", properties, bytes("task " + i));
    }
    channel.waitForConfirmsOrDie(60_000);
    restart();
    channel = connection.createChannel();
    assertThat(channel.queueDeclarePassive("tasks").getMessageCount()).isEqualTo(1000);
    for (int i = 0; i < 1000; i++) {
      GetResponse got = channel.basicGet("tasks", true);
      assertThat(text(got)).isEqualTo("task " + i);
      assertThat(got.getProps().getContentType()).isEqualTo("text/plain");
      assertThat(got.getProps().getHeaders()).containsEntry("count", 7);
      assertThat(got.getProps().getHeaders().get("name")).hasToString("one");
      assertThat(got.getProps().getCorrelationId()).isEqualTo("c-1");
    }
    assertThat(channel.basicGet("tasks", true)).isNull();
    restart();
    channel = connection.createChannel();
    assertThat(channel.queueDeclarePassive("tasks").getMessageCount()).isZero();
  }

  @Test
  void whatIsNotAcknowledgedGoesToAnotherConsumerAndSaysSo() throws Exception {
    Channel first = connection.createChannel();
    first.queueDeclare("tasks", true, false, false, null);
    first.basicPublish("", "tasks", MessageProperties.PERSISTENT_BASIC, bytes("a"));
    first.basicPublish("", "tasks", MessageProperties.PERSISTENT_BASIC, bytes("b"));
    GetResponse a = first.basicGet("tasks", false);
    assertThat(a.getEnvelope().isRedeliver()).isFalse();
    first.basicGet("tasks", false);
    first.basicAck(a.getEnvelope().getDeliveryTag(), false);
    first.close();
    Channel second = connection.createChannel();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(second.queueDeclarePassive("tasks").getMessageCount()).isOne());
    GetResponse again = second.basicGet("tasks", true);
    assertThat(text(again)).isEqualTo("b");
    assertThat(again.getEnvelope().isRedeliver()).isTrue();
  }

  @Test
  void prefetchGivesBusyConsumersNoMoreAndSharesTheRest() throws Exception {
    Channel publisher = connection.createChannel();
    publisher.queueDeclare("tasks", false, false, false, null);
    AtomicInteger atSlow = new AtomicInteger();
    List<Long> atFast = new CopyOnWriteArrayList<>();
    Channel slow = connection.createChannel();
    slow.basicQos(1);
    slow.basicConsume("tasks", false, (tag, message) -> atSlow.incrementAndGet(), tag -> {});
    Channel fast = connection.createChannel();
    fast.basicQos(10);
    fast.basicConsume(
        "tasks",
        false,
        (tag, message) -> {
          atFast.add(message.getEnvelope().getDeliveryTag());
          fast.basicAck(message.getEnvelope().getDeliveryTag(), false);
        },
        tag -> {});
    for (int i = 0; i < 100; i++) {
      publisher.basicPublish("", "tasks", null, bytes("task " + i));
    }
    awaitSize(atFast, 99);
    assertThat(atSlow).hasValue(1);
  }

  @Test
  void rejectedRequeuedAndMultiplyAcknowledged() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("tasks", true, false, false, null);
    for (int i = 0; i < 6; i++) {
      channel.basicPublish("", "tasks", MessageProperties.PERSISTENT_BASIC, bytes("" + i));
    }
    for (int i = 1; i <= 6; i++) {
      assertThat(channel.basicGet("tasks", false).getEnvelope().getDeliveryTag()).isEqualTo(i);
    }
    channel.basicAck(2, true);
    channel.basicReject(3, false);
    channel.basicNack(5, true, true);
    assertThat(text(channel.basicGet("tasks", false))).isEqualTo("3");
    assertThat(text(channel.basicGet("tasks", false))).isEqualTo("4");
    assertThat(channel.basicGet("tasks", false)).isNull();
    channel.basicRecover(true);
    assertThat(channel.queueDeclarePassive("tasks").getMessageCount()).isEqualTo(3);
  }

  @Test
  void exchangesOfEachTypeRoute() throws Exception {
    Channel channel = connection.createChannel();
    channel.exchangeDeclare("logs", "direct", true);
    channel.exchangeDeclare("news", "fanout");
    channel.exchangeDeclare("animals", "topic");
    channel.exchangeDeclare("facts", "headers");
    for (String queue : List.of("errors", "all")) {
      channel.queueDeclare(queue, true, false, false, null);
    }
    channel.queueBind("errors", "logs", "error");
    channel.queueBind("all", "logs", "error");
    channel.queueBind("all", "logs", "info");
    channel.basicPublish("logs", "error", null, bytes("e"));
    channel.basicPublish("logs", "info", null, bytes("i"));
    channel.basicPublish("logs", "debug", null, bytes("d"));
    assertThat(drain(channel, "errors")).containsExactly("e");
    assertThat(drain(channel, "all")).containsExactly("e", "i");

    channel.queueBind("errors", "news", "");
    channel.queueBind("all", "news", "x");
    channel.basicPublish("news", "whatever", null, bytes("n"));
    assertThat(drain(channel, "errors")).containsExactly("n");
    assertThat(drain(channel, "all")).containsExactly("n");

    channel.queueBind("errors", "animals", "*.orange.*");
    channel.queueBind("all", "animals", "lazy.#");
    channel.queueBind("all", "animals", "*.*.rabbit");
    for (String key :
        List.of("quick.orange.rabbit", "lazy.orange.elephant", "lazy", "quick.brown.fox")) {
      channel.basicPublish("animals", key, null, bytes(key));
    }
    assertThat(drain(channel, "errors"))
        .containsExactly("quick.orange.rabbit", "lazy.orange.elephant");
    assertThat(drain(channel, "all"))
        .containsExactly("quick.orange.rabbit", "lazy.orange.elephant", "lazy");

    channel.queueBind("errors", "facts", "", Map.of("x-match", "all", "a", 1, "b", "two"));
    channel.queueBind("all", "facts", "", Map.of("x-match", "any", "a", 1, "b", "two"));
    channel.basicPublish(
        "facts", "", new BasicProperties.Builder().headers(Map.of("a", 1L)).build(), bytes("one"));
    channel.basicPublish(
        "facts",
        "",
        new BasicProperties.Builder().headers(Map.of("a", 1, "b", "two")).build(),
        bytes("both"));
    assertThat(drain(channel, "errors")).containsExactly("both");
    assertThat(drain(channel, "all")).containsExactly("one", "both");

    channel.exchangeBind("news", "logs", "debug");
    channel.exchangeBind("logs", "news", "");
    channel.basicPublish("logs", "debug", null, bytes("through a circle"));
    assertThat(drain(channel, "all")).containsExactly("through a circle");
  }

  private static List<String> drain(Channel channel, String queue) throws IOException {
    List<String> all = new ArrayList<>();
    for (GetResponse got = channel.basicGet(queue, true);
        got != null;
        got = channel.basicGet(queue, true)) {
      all.add(text(got));
    }
    return all;
  }

  @Test
  void unroutableMandatoryMessagesComeBackBeforeTheirConfirm() throws Exception {
    Channel channel = connection.createChannel();
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    channel.confirmSelect();
    channel.addReturnListener(
        returned -> events.add(returned.getReplyCode() + " " + returned.getReplyText()));
    channel.addConfirmListener((tag, multiple) -> events.add("ack"), (tag, multiple) -> {});
    channel.basicPublish("", "nowhere", true, null, bytes("x"));
    channel.waitForConfirmsOrDie(60_000);
    assertThat(events).containsExactly("312 NO_ROUTE", "ack");
  }

  @Test
  void deadLettersSayWhereTheyDiedAndWhy() throws Exception {
    Channel channel = connection.createChannel();
    channel.exchangeDeclare("graves", "fanout", true);
    channel.queueDeclare("dead", true, false, false, null);
    channel.queueBind("dead", "graves", "");
    channel.queueDeclare(
        "short",
        true,
        false,
        false,
        Map.of("x-message-ttl", 50, "x-dead-letter-exchange", "graves"));
    channel.basicPublish(
        "",
        "short",
        new BasicProperties.Builder().deliveryMode(2).expiration("20").build(),
        bytes("gone"));
    GetResponse[] dead = new GetResponse[1];
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              dead[0] = channel.basicGet("dead", true);
              return dead[0] != null;
            });
    assertThat(dead[0].getProps().getExpiration()).isNull();
    Map<String, Object> headers = dead[0].getProps().getHeaders();
    assertThat(headers.get("x-first-death-reason")).hasToString("expired");
    Map<?, ?> death = (Map<?, ?>) ((List<?>) headers.get("x-death")).getFirst();
    assertThat(death.get("queue")).hasToString("short");
    assertThat(death.get("reason")).hasToString("expired");
    assertThat(death.get("count")).isEqualTo(1L);
    assertThat(death.get("original-expiration")).hasToString("20");
    assertThat(death.get("routing-keys")).hasToString("[short]");
  }

  @Test
  void boundedQueuesDropTheirHeadOrRefuse() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("newest", false, false, false, Map.of("x-max-length", 3));
    for (int i = 0; i < 10; i++) {
      channel.basicPublish("", "newest", null, bytes("" + i));
    }
    assertThat(drain(channel, "newest")).containsExactly("7", "8", "9");

    channel.queueDeclare(
        "oldest", false, false, false, Map.of("x-max-length", 2, "x-overflow", "reject-publish"));
    channel.confirmSelect();
    List<String> outcomes = new CopyOnWriteArrayList<>();
    channel.addConfirmListener(
        (tag, multiple) -> outcomes.add("ack"), (tag, multiple) -> outcomes.add("nack"));
    for (int i = 0; i < 3; i++) {
      channel.basicPublish("", "oldest", null, bytes("" + i));
    }
    assertThat(channel.waitForConfirms(60_000)).isFalse();
    assertThat(outcomes).contains("nack");
    assertThat(drain(channel, "oldest")).containsExactly("0", "1");
  }

  @Test
  void aBoundInBytesCountsWhatIsInTheLogOnly() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("bytes", true, false, false, Map.of("x-max-length-bytes", 20_000_000));
    channel.confirmSelect();
    byte[] body = new byte[1_000_000];
    for (int i = 0; i < 40; i++) {
      body[0] = (byte) i;
      channel.basicPublish("", "bytes", MessageProperties.PERSISTENT_BASIC, body);
    }
    channel.waitForConfirmsOrDie(60_000);
    assertThat(channel.queueDeclarePassive("bytes").getMessageCount()).isEqualTo(20);
    assertThat(channel.basicGet("bytes", true).getBody()[0]).isEqualTo((byte) 20);
  }

  @Test
  void prioritiesGoFirst() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("urgent", true, false, false, Map.of("x-max-priority", 10));
    for (int priority : new int[] {1, 5, 0, 20, 5}) {
      channel.basicPublish(
          "",
          "urgent",
          new BasicProperties.Builder().deliveryMode(2).priority(priority).build(),
          bytes("p" + priority));
    }
    assertThat(drain(channel, "urgent")).containsExactly("p20", "p5", "p5", "p1", "p0");
  }

  @Test
  void errorsCloseTheChannelOrTheConnectionAsRabbitMqDoes() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("q", true, false, false, null);
    refused(
        404, "NOT_FOUND - no queue 'missing' in vhost '/'", c -> c.queueDeclarePassive("missing"));
    refused(
        404,
        "NOT_FOUND - no exchange 'missing' in vhost '/'",
        c -> c.queueBind("q", "missing", ""));
    refused(
        406,
        "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': received"
            + " 'false' but current is 'true'",
        c -> c.queueDeclare("q", false, false, false, null));
    refused(
        406,
        "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/':"
            + " received the value '5' of type 'signedint' but current is none",
        c -> c.queueDeclare("q", true, false, false, Map.of("x-message-ttl", 5)));
    refused(
        403,
        "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
        c -> c.exchangeDeclare("amq.mine", "direct"));
    refused(
        406,
        "PRECONDITION_FAILED - unknown delivery tag 9",
        c -> {
          c.basicAck(9, false);
          c.queueDeclarePassive("q");
        });
    assertThat(connection.isOpen()).isTrue();

    Connection other = node.connect();
    assertThatThrownBy(() -> other.createChannel().exchangeDeclare("x", "strange"))
        .isInstanceOf(IOException.class)
        .cause()
        .hasMessageContaining("503")
        .hasMessageContaining("unknown exchange type 'strange'");
    assertThat(other.isOpen()).isFalse();
  }

  private interface Act {
    void on(Channel channel) throws Exception;
  }

  private void refused(int code, String replyText, Act act) throws Exception {
    Channel channel = connection.createChannel();
    assertThatThrownBy(() -> act.on(channel))
        .satisfies(
            thrown -> {
              Throwable signal = thrown instanceof IOException ? thrown.getCause() : thrown;
              var reason = ((ShutdownSignalException) signal).getReason();
              var close = (com.rabbitmq.client.AMQP.Channel.Close) reason;
              assertThat(close.getReplyCode()).isEqualTo(code);
              assertThat(close.getReplyText()).isEqualTo(replyText);
            });
    assertThatThrownBy(() -> channel.basicGet("q", true))
        .isInstanceOf(AlreadyClosedException.class);
  }

  @Test
  void exclusiveQueuesGoWithTheirConnectionAndAutoDeleteOnesWithTheirConsumer() throws Exception {
    Channel channel = connection.createChannel();
    Connection other = node.connect();
    String mine = other.createChannel().queueDeclare().getQueue();
    assertThat(mine).startsWith("amq.gen-");
    refused(
        405,
        "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '"
            + mine
            + "' in vhost '/'. It could be originally declared on another connection or the"
            + " exclusive property value does not match that of the original declaration.",
        c -> c.queueDeclarePassive(mine));
    other.close();
    await().atMost(PATIENCE).until(() -> node.server().messaging().find("/").queue(mine) == null);

    channel.queueDeclare("passing", true, false, true, null);
    String tag = channel.basicConsume("passing", true, (t, message) -> {}, t -> {});
    channel.basicCancel(tag);
    await()
        .atMost(PATIENCE)
        .until(() -> node.server().messaging().find("/").queue("passing") == null);
  }

  @Test
  void consumersAreToldWhenTheirQueueGoes() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("q", false, false, false, null);
    List<String> cancelled = new CopyOnWriteArrayList<>();
    String tag = channel.basicConsume("q", true, (t, message) -> {}, gone -> cancelled.add(gone));
    connection.createChannel().queueDelete("q");
    awaitSize(cancelled, 1);
    assertThat(cancelled).containsExactly(tag);
  }

  @Test
  void largeBodiesAreSplitOverFramesAndComeBackWhole() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("large", true, false, false, null);
    byte[] body = new byte[5_000_000];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (i * 31);
    }
    channel.basicPublish("", "large", MessageProperties.PERSISTENT_BASIC, body);
    assertThat(channel.basicGet("large", true).getBody()).isEqualTo(body);
  }

  @Test
  void transactionsHoldMessagesAndAcknowledgementsBack() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("q", true, false, false, null);
    channel.txSelect();
    channel.basicPublish("", "q", MessageProperties.PERSISTENT_BASIC, bytes("a"));
    assertThat(channel.basicGet("q", false)).isNull();
    channel.txRollback();
    channel.basicPublish("", "q", MessageProperties.PERSISTENT_BASIC, bytes("b"));
    channel.txCommit();
    GetResponse got = channel.basicGet("q", false);
    assertThat(text(got)).isEqualTo("b");
    channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
    channel.txRollback();
    channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
    channel.close();
    Channel next = connection.createChannel();
    await().atMost(PATIENCE).until(() -> next.queueDeclarePassive("q").getMessageCount() == 1);
  }

  @Test
  void requestsAreAnsweredDirectly() throws Exception {
    Channel server = connection.createChannel();
    server.queueDeclare("rpc", false, false, false, null);
    server.basicConsume(
        "rpc",
        true,
        (tag, request) ->
            server.basicPublish(
                "",
                request.getProperties().getReplyTo(),
                new BasicProperties.Builder()
                    .correlationId(request.getProperties().getCorrelationId())
                    .build(),
                bytes("answer to " + new String(request.getBody(), UTF_8))),
        tag -> {});
    Channel client = connection.createChannel();
    List<String> answers = collect(client, "amq.rabbitmq.reply-to");
    client.basicPublish(
        "",
        "rpc",
        new BasicProperties.Builder().replyTo("amq.rabbitmq.reply-to").correlationId("1").build(),
        bytes("x"));
    awaitSize(answers, 1);
    assertThat(answers).containsExactly("answer to x");
  }

  @Test
  void topologySurvivesARestart() throws Exception {
    Channel channel = connection.createChannel();
    channel.exchangeDeclare("events", "topic", true);
    channel.exchangeDeclare("passing", "topic", false);
    channel.queueDeclare("all", true, false, false, Map.of("x-max-length", 100_000));
    channel.queueBind("all", "events", "#");
    restart();
    channel = connection.createChannel();
    channel.basicPublish("events", "a.b", null, bytes("x"));
    assertThat(drain(channel, "all")).containsExactly("x");
    refused(
        404,
        "NOT_FOUND - no exchange 'passing' in vhost '/'",
        c -> c.exchangeDeclarePassive("passing"));
  }

  @Test
  void aQueueLongerThanItsWindowComesBackInOrder() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("long", true, false, false, null);
    channel.confirmSelect();
    int count = 30_000;
    for (int i = 0; i < count; i++) {
      channel.basicPublish(
          "",
          "long",
          i % 3 == 0 ? null : MessageProperties.PERSISTENT_BASIC,
          bytes(Integer.toString(i)));
    }
    channel.waitForConfirmsOrDie(60_000);
    assertThat(channel.queueDeclarePassive("long").getMessageCount()).isEqualTo(count);
    List<String> seen = collect(channel, "long");
    awaitSize(seen, count);
    assertThat(seen)
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(Integer::toString).toList());
  }

  @Test
  void aFanOutWritesABodyOnceAndEveryQueueHasIt() throws Exception {
    Channel channel = connection.createChannel();
    channel.exchangeDeclare("all", "fanout", true);
    for (int i = 0; i < 10; i++) {
      channel.queueDeclare("copy-" + i, true, false, false, null);
      channel.queueBind("copy-" + i, "all", "");
    }
    channel.confirmSelect();
    byte[] body = bytes("x".repeat(10_000));
    for (int i = 0; i < 50; i++) {
      channel.basicPublish("all", "", MessageProperties.PERSISTENT_BASIC, body);
    }
    channel.waitForConfirmsOrDie(60_000);
    long written = 0;
    for (int i = 0; i < 10; i++) {
      written += node.broker().topics().find("copy-" + i, 0).sizeBytes();
    }
    assertThat(written).isLessThan(50L * body.length);
    assertThat(channel.basicGet("copy-3", true).getBody()).isEqualTo(body);
    restart();
    channel = connection.createChannel();
    for (int i = 0; i < 10; i++) {
      List<String> copies = drain(channel, "copy-" + i);
      assertThat(copies).hasSize(i == 3 ? 49 : 50).containsOnly(new String(body, UTF_8));
    }
  }

  @Test
  void singleActiveConsumerHandsOverWhenItGoes() throws Exception {
    Channel channel = connection.createChannel();
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("x-single-active-consumer", true);
    channel.queueDeclare("single", false, false, false, arguments);
    Channel one = connection.createChannel();
    Channel two = connection.createChannel();
    List<String> first = collect(one, "single");
    List<String> second = collect(two, "single");
    for (int i = 0; i < 10; i++) {
      channel.basicPublish("", "single", null, bytes("" + i));
    }
    awaitSize(first, 10);
    assertThat(second).isEmpty();
    one.close();
    channel.basicPublish("", "single", null, bytes("after"));
    awaitSize(second, 1);
  }

  @Test
  void publishersWaitWhileMessagesTakeTooMuchMemory() throws Exception {
    connection.close();
    node.close();
    MessagingSettings usual = MessagingSettings.defaults();
    node =
        new NodeFixture(
            folder.resolve("small"),
            AmqpSettings.defaults()
                .withMessaging(
                    new MessagingSettings(
                        usual.virtualHosts(),
                        usual.durability(),
                        usual.maxMessageBytes(),
                        usual.windowMessages(),
                        usual.windowBytes(),
                        1 << 20,
                        usual.maxQueues(),
                        usual.maxBindings())));
    connection = node.connect();
    List<String> events = new CopyOnWriteArrayList<>();
    connection.addBlockedListener(reason -> events.add(reason), () -> events.add("unblocked"));
    Channel channel = connection.createChannel();
    channel.queueDeclare("transient", false, false, false, null);
    byte[] body = new byte[100_000];
    for (int i = 0; i < 11; i++) {
      channel.basicPublish("", "transient", null, body);
    }
    await().atMost(PATIENCE).until(() -> events.equals(List.of("low on memory")));
    Connection other = node.connect();
    try {
      Channel consumer = other.createChannel();
      for (int i = 0; i < 11; i++) {
        assertThat(consumer.basicGet("transient", true)).isNotNull();
      }
      await().atMost(PATIENCE).until(() -> events.size() == 2);
      assertThat(events).containsExactly("low on memory", "unblocked");
    } finally {
      other.abort();
    }
  }

  @Test
  void aChannelsPrefetchIsSharedByItsConsumers() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("a", false, false, false, null);
    channel.queueDeclare("b", false, false, false, null);
    Channel consumers = connection.createChannel();
    consumers.basicQos(1, true);
    List<com.rabbitmq.client.Delivery> seen = new CopyOnWriteArrayList<>();
    for (String queue : List.of("a", "b")) {
      consumers.basicConsume(queue, false, (tag, message) -> seen.add(message), tag -> {});
      channel.basicPublish("", queue, null, bytes(queue));
    }
    awaitSize(seen, 1);
    channel.queueDeclarePassive("b");
    assertThat(seen).hasSize(1);
    consumers.basicAck(seen.getFirst().getEnvelope().getDeliveryTag(), false);
    awaitSize(seen, 2);
  }

  @Test
  void wrongPasswordsAreRefused() throws Exception {
    var factory = node.factory();
    factory.setPassword("wrong");
    assertThatThrownBy(factory::newConnection)
        .isInstanceOf(com.rabbitmq.client.AuthenticationFailureException.class)
        .hasMessageContaining("ACCESS_REFUSED");
    var elsewhere = node.factory();
    elsewhere.setVirtualHost("elsewhere");
    assertThatThrownBy(elsewhere::newConnection)
        .isInstanceOf(IOException.class)
        .cause()
        .hasMessageContaining("530")
        .hasMessageContaining("vhost elsewhere not found");
  }
}
