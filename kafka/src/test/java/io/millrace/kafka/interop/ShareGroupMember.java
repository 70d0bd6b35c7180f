package io.millrace.kafka.interop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A member of a share group as a process: prints the records that it gets, and acknowledges none of
 * them. Arguments: bootstrap, topic, group.
 */
final class ShareGroupMember {

  private ShareGroupMember() {}

  public static void main(String[] arguments) {
    try (KafkaShareConsumer<String, String> consumer =
        new KafkaShareConsumer<>(
            Map.of(
                "bootstrap.servers",
                arguments[0],
                "group.id",
                arguments[2],
                "share.acknowledgement.mode",
                "explicit"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of(arguments[1]));
      var records = consumer.poll(Duration.ofSeconds(60));
      while (true) {
        records.forEach(record -> System.out.println(record.value()));
        System.out.flush();
        // Keeps its place in the group; more is not given out until these are acknowledged.
        records = idle(consumer);
      }
    }
  }

  private static ConsumerRecords<String, String> idle(KafkaShareConsumer<String, String> consumer) {
    try {
      return consumer.poll(Duration.ofSeconds(60));
    } catch (IllegalStateException e) {
      // In explicit mode a poll is refused while records are unacknowledged.
      LockSupport.parkNanos(Duration.ofSeconds(60).toNanos());
      return ConsumerRecords.empty();
    }
  }
}
