package io.millrace.kafka.interop;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A member of a group of the new protocol as a process: prints {@code has PARTITIONS} after each
 * change, and {@code record VALUE} for what it has read and committed. Arguments: bootstrap,
 * pattern of topics, group, assignor, instance id or nothing.
 */
final class ConsumerGroupMember {

  private ConsumerGroupMember() {}

  public static void main(String[] arguments) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("group.id", arguments[2]);
    settings.put("group.protocol", "consumer");
    settings.put("group.remote.assignor", arguments[3]);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("metadata.max.age.ms", "1000");
    if (arguments.length > 4) {
      settings.put("group.instance.id", arguments[4]);
    }
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(new SubscriptionPattern(arguments[1]), new Printer(consumer));
      while (true) {
        var records = consumer.poll(Duration.ofSeconds(1));
        for (ConsumerRecord<String, String> record : records) {
          print("record " + record.value());
        }
        if (!records.isEmpty()) {
          consumer.commitSync();
        }
      }
    }
  }

  private record Printer(KafkaConsumer<String, String> consumer)
      implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      TreeSet<String> names = new TreeSet<>();
      consumer.assignment().forEach(each -> names.add(each.toString()));
      print("has " + String.join(",", names));
    }
  }

  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
