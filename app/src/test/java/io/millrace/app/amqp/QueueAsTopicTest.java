package io.millrace.app.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import io.millrace.app.config.AmqpKeys;
import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConsoleKeys;
import io.millrace.app.config.EdgeKeys;
import io.millrace.app.config.KafkaKeys;
import io.millrace.app.config.Keys;
import io.millrace.app.node.Listener;
import io.millrace.app.node.Node;
import io.millrace.app.node.NodeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A queue and a topic are one thing with two doors. */
class QueueAsTopicTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private Node node;
  private Connection amqp;
  private Channel channel;

  @BeforeEach
  void start() throws Exception {
    node =
        Node.start(
            NodeSettings.of(
                Configuration.USUAL
                    .with(Keys.DATA, folder.resolve("data").toString(), "test")
                    .with(KafkaKeys.PORT, "0", "test")
                    .with(AmqpKeys.PORT, "0", "test")
                    .with(EdgeKeys.PORT, "0", "test")
                    .with(ConsoleKeys.PORT, "0", "test")),
            "test",
            listener -> {});
    Listener port =
        node.listeners().stream()
            .filter(each -> each.name().equals("amqp"))
            .findAny()
            .orElseThrow();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(port.url());
    factory.setAutomaticRecoveryEnabled(false);
    amqp = factory.newConnection();
    channel = amqp.createChannel();
    channel.queueDeclare("orders", true, false, false, null);
  }

  @AfterEach
  void stop() {
    if (amqp != null) {
      amqp.abort();
    }
    node.close();
  }

  @Test
  void aQueueThatWasEmptiedIsReadAgainByAKafkaConsumer() throws Exception {
    channel.confirmSelect();
    for (int i = 0; i < 100; i++) {
      channel.basicPublish(
          "",
          "orders",
          new BasicProperties.Builder()
              .deliveryMode(2)
              .headers(Map.of("country", "NZ", "n", i))
              .build(),
          ("order " + i).getBytes(UTF_8));
    }
    channel.waitForConfirmsOrDie(60_000);
    for (int i = 0; i < 100; i++) {
      assertThat(channel.basicGet("orders", true)).isNotNull();
    }
    assertThat(channel.basicGet("orders", true)).isNull();

    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", node.bootstrap(), "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition("orders", 0)));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= 100;
              });
    }
    ConsumerRecord<String, String> last = records.getLast();
    assertThat(last.key()).isEqualTo("orders");
    assertThat(last.value()).isEqualTo("order 99");
    assertThat(new String(last.headers().lastHeader("country").value(), UTF_8)).isEqualTo("NZ");
    assertThat(new String(last.headers().lastHeader("n").value(), UTF_8)).isEqualTo("99");
  }

  @Test
  void aRecordOfAKafkaProducerIsDeliveredFromTheQueue() throws Exception {
    List<Delivery> seen = new CopyOnWriteArrayList<>();
    channel.basicConsume("orders", false, (tag, message) -> seen.add(message), tag -> {});
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", node.bootstrap()),
            new StringSerializer(),
            new StringSerializer())) {
      ProducerRecord<String, String> record = new ProducerRecord<>("orders", "NZ", "by kafka");
      record.headers().add(new RecordHeader("trace", "abc".getBytes(UTF_8)));
      producer.send(record).get();
    }
    await().atMost(PATIENCE).until(() -> seen.size() == 1);
    Delivery delivery = seen.getFirst();
    assertThat(new String(delivery.getBody(), UTF_8)).isEqualTo("by kafka");
    assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo("NZ");
    assertThat(delivery.getProperties().getHeaders().get("trace")).hasToString("abc");
    assertThat(delivery.getProperties().getDeliveryMode()).isEqualTo(2);
  }

  @Test
  void recordsOfATransactionAreDeliveredOnceItIsCommittedAndNotWhenItIsAborted() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    channel.basicConsume(
        "orders",
        true,
        (tag, message) -> seen.add(new String(message.getBody(), UTF_8)),
        tag -> {});
    channel.queueDeclare("events", true, false, false, Map.of("x-queue-type", "stream"));
    List<String> streamed = new CopyOnWriteArrayList<>();
    Channel reader = amqp.createChannel();
    reader.basicQos(100);
    reader.basicConsume(
        "events",
        false,
        Map.of("x-stream-offset", "first"),
        (tag, message) -> streamed.add(new String(message.getBody(), UTF_8)),
        tag -> {});
    channel.confirmSelect();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", node.bootstrap(), "transactional.id", "shop"),
            new StringSerializer(),
            new StringSerializer())) {
      producer.initTransactions();
      for (String topic : List.of("orders", "events")) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, "k", "aborted")).get();
        producer.abortTransaction();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(topic, "k", "committed")).get();
        channel.basicPublish("", topic, null, "behind it".getBytes(UTF_8));
        channel.waitForConfirmsOrDie(60_000);
        assertThat(topic.equals("orders") ? seen : streamed).isEmpty();
        producer.commitTransaction();
      }
    }
    await().atMost(PATIENCE).until(() -> seen.size() >= 2 && streamed.size() >= 2);
    assertThat(seen).containsExactly("committed", "behind it");
    assertThat(streamed).containsExactly("committed", "behind it");
    // Markers leave no hole that would keep the log from being cut.
    await()
        .atMost(PATIENCE)
        .until(() -> channel.queueDeclarePassive("orders").getMessageCount() == 0);
  }
}
