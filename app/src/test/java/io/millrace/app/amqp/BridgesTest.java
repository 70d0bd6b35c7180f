package io.millrace.app.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import io.millrace.broker.topic.NewTopic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exchanges and topics that are bound to each other, by kcat and RabbitMQ's client. */
class BridgesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String BRIDGES =
      """
        bridges:
          - exchange: events
            type: fanout
            topic: archive
          - exchange: alerts
            topic: sensors
            direction: from-topic
            routing-key: "fire.#"
      """
          .indent(0);

  @TempDir Path folder;
  private AmqpNode node;
  private Connection amqp;
  private Channel channel;

  @BeforeAll
  static void kcatIsInstalled() throws InterruptedException {
    boolean there;
    try {
      there =
          new ProcessBuilder("kcat", "-V")
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .start()
                  .waitFor()
              == 0;
    } catch (IOException e) {
      there = false;
    }
    assumeTrue(there, "not installed here: kcat");
  }

  @BeforeEach
  void start() throws Exception {
    node = new AmqpNode(folder, BRIDGES);
    amqp = node.connect();
    channel = amqp.createChannel();
    channel.confirmSelect();
  }

  @AfterEach
  void stop() {
    if (amqp != null) {
      amqp.abort();
    }
    node.close();
  }

  private void restart() throws Exception {
    stop();
    start();
  }

  private void topic(String name, int partitions) {
    var unused =
        node.node()
            .broker()
            .topics()
            .create(new NewTopic(name, partitions, Map.of()))
            .toCompletableFuture()
            .join();
  }

  private String kcat(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("kcat", "-b", node.node().bootstrap()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().write(input.getBytes(UTF_8));
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return out;
  }

  private List<Delivery> consume(String queue) throws IOException {
    List<Delivery> seen = new CopyOnWriteArrayList<>();
    channel.basicConsume(queue, true, (tag, message) -> seen.add(message), tag -> {});
    return seen;
  }

  @Test
  void aMessageOfAnExchangeIsReadByKcatWithItsHeaders() throws Exception {
    topic("orders", 3);
    channel.exchangeDeclare("shop", "topic", true);
    channel.exchangeBind("amq.kafka.orders", "shop", "order.*");
    BasicProperties properties =
        new BasicProperties.Builder()
            .deliveryMode(2)
            .contentType("text/plain")
            .headers(Map.of("country", "NZ", "n", 7))
            .build();
    channel.basicPublish("shop", "order.new", properties, "first".getBytes(UTF_8));
    channel.basicPublish("shop", "invoice.new", properties, "not this".getBytes(UTF_8));
    channel.basicPublish("amq.kafka.orders", "order.own", properties, "second".getBytes(UTF_8));
    channel.waitForConfirmsOrDie(60_000);
    List<String> lines =
        kcat("", "-C", "-t", "orders", "-e", "-q", "-o", "beginning", "-f", "%k|%s|%h\n")
            .lines()
            .sorted()
            .toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).startsWith("order.new|first|").contains("country=NZ").contains("n=7");
    assertThat(lines.get(1)).startsWith("order.own|second|").contains("country=NZ");
  }

  @Test
  void aRecordOfKcatIsDeliveredFromTheQueuesThatItsKeyLeadsTo() throws Exception {
    topic("orders", 2);
    channel.exchangeDeclare("shop", "fanout", true);
    channel.queueDeclare("all", true, false, false, null);
    channel.queueDeclare("new", true, false, false, null);
    channel.queueDeclare("late", true, false, false, null);
    channel.exchangeBind("shop", "amq.kafka.orders", "#");
    channel.queueBind("all", "shop", "");
    channel.queueBind("new", "amq.kafka.orders", "order.new");
    kcat("order.new\tone\norder.old\ttwo\n", "-P", "-t", "orders", "-K", "\t", "-H", "trace=abc");
    List<Delivery> all = consume("all");
    List<Delivery> some = consume("new");
    await().atMost(PATIENCE).until(() -> all.size() == 2 && some.size() == 1);
    Delivery one = some.getFirst();
    assertThat(new String(one.getBody(), UTF_8)).isEqualTo("one");
    assertThat(one.getEnvelope().getRoutingKey()).isEqualTo("order.new");
    assertThat(one.getEnvelope().getExchange()).isEqualTo("amq.kafka.orders");
    assertThat(one.getProperties().getHeaders().get("trace")).hasToString("abc");
    // What was bound goes on where it was, also after the node was started anew.
    restart();
    kcat("order.new\tthree\n", "-P", "-t", "orders", "-K", "\t");
    List<Delivery> later = consume("new");
    await().atMost(PATIENCE).until(() -> !later.isEmpty());
    assertThat(later).hasSize(1);
    assertThat(new String(later.getFirst().getBody(), UTF_8)).isEqualTo("three");
  }

  @Test
  @SuppressWarnings("JavaUtilDate") // The client's type.
  void propertiesAreKeptThroughATopic() throws Exception {
    topic("through", 1);
    channel.exchangeDeclare("in", "fanout", true);
    channel.exchangeBind("amq.kafka.through", "in", "");
    channel.queueDeclare("out", true, false, false, null);
    channel.queueBind("out", "amq.kafka.through", "#");
    Date time = new Date(1_700_000_000_000L);
    channel.basicPublish(
        "in",
        "k",
        new BasicProperties.Builder()
            .correlationId("c-1")
            .messageId("m-1")
            .timestamp(time)
            .deliveryMode(2)
            .build(),
        "x".getBytes(UTF_8));
    List<Delivery> seen = consume("out");
    await().atMost(PATIENCE).until(() -> seen.size() == 1);
    BasicProperties properties = seen.getFirst().getProperties();
    assertThat(properties.getCorrelationId()).isEqualTo("c-1");
    assertThat(properties.getMessageId()).isEqualTo("m-1");
    assertThat(properties.getTimestamp()).isEqualTo(time);
    assertThat(seen.getFirst().getEnvelope().getExchange()).isEqualTo("in");
  }

  @Test
  void aCircleOfExchangesAndTopicsHandsAMessageRoundOnce() throws Exception {
    topic("circle", 1);
    channel.exchangeDeclare("ring", "fanout", true);
    channel.exchangeBind("amq.kafka.circle", "ring", "");
    channel.exchangeBind("ring", "amq.kafka.circle", "#");
    channel.queueDeclare("seen", true, false, false, null);
    channel.queueBind("seen", "ring", "");
    channel.basicPublish("ring", "k", null, "x".getBytes(UTF_8));
    channel.waitForConfirmsOrDie(60_000);
    // Once as it came, and once from the topic.
    await()
        .atMost(PATIENCE)
        .until(() -> channel.queueDeclarePassive("seen").getMessageCount() == 2);
    kcat("k\tfrom kafka\n", "-P", "-t", "circle", "-K", "\t");
    await()
        .atMost(PATIENCE)
        .until(() -> channel.queueDeclarePassive("seen").getMessageCount() == 3);
    assertThat(node.node().broker().topics().find("circle", 0).endOffset()).isEqualTo(2);
  }

  @Test
  void whatTheConfigurationConnectsIsConnectedFromTheStart() throws Exception {
    channel.basicPublish("events", "k", null, "kept".getBytes(UTF_8));
    channel.waitForConfirmsOrDie(60_000);
    assertThat(kcat("", "-C", "-t", "archive", "-e", "-q", "-o", "beginning")).isEqualTo("kept\n");
    channel.queueDeclare("fires", true, false, false, null);
    channel.queueBind("fires", "alerts", "#");
    kcat("fire.hall\tburns\nrain.hall\tdrips\n", "-P", "-t", "sensors", "-K", "\t");
    List<Delivery> seen = consume("fires");
    await().atMost(PATIENCE).until(() -> !seen.isEmpty());
    assertThat(seen).hasSize(1);
    restart();
    assertThat(channel.queueDeclarePassive("fires").getMessageCount()).isZero();
  }

  @Test
  void aTopicThatGoesTakesItsBindingsWithIt() throws Exception {
    topic("short", 1);
    channel.queueDeclare("q", true, false, false, null);
    channel.queueBind("q", "amq.kafka.short", "#");
    node.node().broker().topics().delete("short").toCompletableFuture().join();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThatThrownBy(
                        () -> amqp.createChannel().exchangeDeclarePassive("amq.kafka.short"))
                    .hasRootCauseMessage(
                        "channel error; protocol method: #method<channel.close>(reply-code=404,"
                            + " reply-text=NOT_FOUND - no exchange 'amq.kafka.short' in vhost '/',"
                            + " class-id=40, method-id=10)"));
    topic("short", 1);
    kcat("k\tv\n", "-P", "-t", "short", "-K", "\t");
    channel.queueBind("q", "amq.kafka.short", "new");
    kcat("new\tv\n", "-P", "-t", "short", "-K", "\t");
    GetResponse[] got = new GetResponse[1];
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              got[0] = channel.basicGet("q", true);
              return got[0] != null;
            });
    assertThat(got[0].getEnvelope().getRoutingKey()).isEqualTo("new");
  }
}
