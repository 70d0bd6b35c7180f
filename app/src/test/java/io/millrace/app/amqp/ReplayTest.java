package io.millrace.app.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.millrace.app.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace queue replay}, on queues that RabbitMQ's client has emptied. */
class ReplayTest {

  @TempDir Path folder;
  private AmqpNode node;
  private Connection amqp;
  private Channel channel;

  @BeforeEach
  void start() throws Exception {
    node = new AmqpNode(folder, "");
    amqp = node.connect();
    channel = amqp.createChannel();
    channel.confirmSelect();
    channel.queueDeclare("orders", true, false, false, Map.of("x-retain", 86_400_000));
    for (int i = 0; i < 100; i++) {
      channel.basicPublish(
          "",
          "orders",
          new BasicProperties.Builder()
              .deliveryMode(2)
              .messageId("m-" + i)
              .headers(Map.of("n", i))
              .build(),
          ("order " + i).getBytes(UTF_8));
    }
    channel.waitForConfirmsOrDie(60_000);
    assertThat(drain("orders")).hasSize(100);
  }

  @AfterEach
  void stop() {
    if (amqp != null) {
      amqp.abort();
    }
    node.close();
  }

  private List<String> drain(String queue) throws Exception {
    List<String> bodies = new ArrayList<>();
    for (GetResponse got = channel.basicGet(queue, true);
        got != null;
        got = channel.basicGet(queue, true)) {
      bodies.add(new String(got.getBody(), UTF_8));
    }
    return bodies;
  }

  /** What a command printed, and how it ended. */
  private record Result(int exitCode, String out, String err) {}

  private Result millrace(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--console");
    all.add(node.url("console"));
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(told, true, UTF_8));
      System.setErr(new PrintStream(complained, true, UTF_8));
      int exitCode = Main.run(all.toArray(String[]::new));
      return new Result(exitCode, told.toString(UTF_8), complained.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void aQueueThatWasEmptiedAMinuteAgoIsReplayed() throws Exception {
    String minuteAgo = Instant.now().minus(Duration.ofMinutes(1)).toString();
    Result result = millrace("queue", "replay", "orders", "--from", minuteAgo);
    assertThat(result.err()).doesNotContain("millrace:");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEqualTo("offset 100 of 100 (100 %), published 100\n");
    GetResponse first = channel.basicGet("orders", true);
    assertThat(new String(first.getBody(), UTF_8)).isEqualTo("order 0");
    assertThat(first.getProps().getMessageId()).isEqualTo("m-0");
    assertThat(first.getEnvelope().isRedeliver()).isFalse();
    assertThat(drain("orders")).hasSize(99).last().isEqualTo("order 99");
  }

  @Test
  void aStretchOfItIsReplayedIntoAnotherQueueOrAnExchange() throws Exception {
    channel.queueDeclare("again", true, false, false, null);
    Result result =
        millrace(
            "queue", "replay", "orders", "--from", "10", "--to", "20", "--into", "again", "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out().lines().toList().getLast())
        .isEqualTo(
            "{\"from\":10,\"to\":20,\"at\":20,\"published\":10,\"refused\":0,\"done\":true,"
                + "\"error\":null}");
    assertThat(drain("again")).hasSize(10).startsWith("order 10").endsWith("order 19");

    channel.exchangeDeclare("audit", "topic", true);
    channel.queueBind("again", "audit", "orders");
    assertThat(
            millrace("queue", "replay", "orders", "--from", "95", "--into-exchange", "audit")
                .exitCode())
        .isZero();
    GetResponse got = channel.basicGet("again", true);
    assertThat(got.getEnvelope().getExchange()).isEqualTo("audit");
    assertThat(drain("again")).hasSize(4);
    assertThat(drain("orders")).isEmpty();
  }

  @Test
  void aKafkaConsumerReadsTheHistoryToo() {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = node.consumer()) {
      consumer.assign(List.of(new TopicPartition("orders", 0)));
      long patience = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (values.size() < 100 && System.nanoTime() < patience) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
      }
    }
    assertThat(values).hasSize(100).startsWith("order 0").endsWith("order 99");
  }

  @Test
  void whatCannotBeReplayedIsRefusedInOneSentence() throws Exception {
    Result unknown = millrace("queue", "replay", "nothing", "--from", "beginning");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err())
        .isEqualTo("millrace: The replay is refused: no queue 'nothing' in vhost '/'.\n");
    channel.queueDeclare("passing", false, false, false, null);
    assertThat(millrace("queue", "replay", "passing", "--from", "beginning").err())
        .isEqualTo(
            "millrace: The replay is refused: queue 'passing' in vhost '/' is not durable and has"
                + " no history.\n");
    Result bad = millrace("queue", "replay", "orders", "--from", "yesterday");
    assertThat(bad.exitCode()).isEqualTo(2);
    assertThat(bad.err()).startsWith("millrace: --from is \"yesterday\"; allowed: ");
  }
}
