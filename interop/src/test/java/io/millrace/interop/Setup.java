package io.millrace.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What a test needs around the program that it is about, made and looked at by kafka-clients. */
final class Setup {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private Setup() {}

  /** Makes a topic. */
  static void create(String bootstrap, String topic, int partitions, String... settings)
      throws InterruptedException, ExecutionException {
    Map<String, String> configs = new HashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      configs.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      NewTopic made = new NewTopic(topic, partitions, (short) 1).configs(configs);
      admin.createTopics(List.of(made)).all().get();
    }
  }

  /** A producer of strings. */
  static Producer<String, String> producer(String bootstrap, String... settings) {
    Map<String, Object> configs = new HashMap<>();
    configs.put("bootstrap.servers", bootstrap);
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      configs.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return new KafkaProducer<>(configs, new StringSerializer(), new StringSerializer());
  }

  /** Writes values, in order, and waits for them to be acknowledged. */
  static void write(String bootstrap, String topic, int partition, String... values)
      throws InterruptedException, ExecutionException {
    try (Producer<String, String> producer = producer(bootstrap)) {
      List<Future<?>> sent = new ArrayList<>();
      for (String value : values) {
        sent.add(producer.send(new ProducerRecord<>(topic, partition, null, value)));
      }
      for (Future<?> one : sent) {
        one.get();
      }
    }
  }

  /** All committed records of a topic up to its present end, partition by partition. */
  static List<ConsumerRecord<String, String>> read(String bootstrap, String topic) {
    Map<String, Object> configs =
        Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(configs, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<String, String>> records = new ArrayList<>();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        if (System.nanoTime() > deadline) {
          throw new AssertionError("only " + records.size() + " records up to " + ends);
        }
      }
      return records;
    }
  }

  /** The values of {@link #read}. */
  static List<String> values(String bootstrap, String topic) {
    return read(bootstrap, topic).stream().map(ConsumerRecord::value).toList();
  }
}
