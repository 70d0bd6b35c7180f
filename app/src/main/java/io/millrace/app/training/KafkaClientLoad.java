package io.millrace.app.training;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Uses a node through Kafka's own Java client, as the commands do. */
final class KafkaClientLoad {

  private static final String TOPIC = "training";
  private static final int RECORDS = 2_000;
  private static final int RECORD_BYTES = 100;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private KafkaClientLoad() {}

  static void run(String bootstrap) throws ExecutionException, InterruptedException {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "group.id",
            TOPIC,
            "auto.offset.reset",
            "earliest",
            "enable.metrics.push",
            false,
            "metric.reporters",
            "");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      NewTopic topic = new NewTopic(TOPIC, Optional.of(2), Optional.empty());
      admin.createTopics(List.of(topic)).all().get();
      admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
    }
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        byte[] key = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
        var unused = producer.send(new ProducerRecord<>(TOPIC, key, new byte[RECORD_BYTES]));
      }
    }
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(TOPIC));
      long end = System.nanoTime() + LIMIT.toNanos();
      int read = 0;
      while (read < RECORDS && System.nanoTime() < end) {
        read += consumer.poll(Duration.ofMillis(200)).count();
      }
      consumer.commitSync();
    }
  }
}
