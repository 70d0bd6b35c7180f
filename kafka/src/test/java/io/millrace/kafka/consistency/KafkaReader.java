package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Entry;
import io.millrace.kafka.consistency.Operation.OutOfRange;
import io.millrace.kafka.consistency.Operation.Read;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Kafka's own consumer, on all partitions from their beginning. */
final class KafkaReader extends Client {

  private final boolean committed;
  private final BooleanSupplier enough;

  KafkaReader(String who, Setting setting, long seed, boolean committed, BooleanSupplier enough) {
    super(who, setting, seed);
    this.committed = committed;
    this.enough = enough;
  }

  @Override
  public void run() {
    List<TopicPartition> partitions =
        IntStream.range(0, setting.partitions())
            .mapToObj(i -> new TopicPartition(TOPIC, i))
            .toList();
    try (KafkaConsumer<String, String> consumer = consumer(setting, "", committed)) {
      consumer.assign(partitions);
      partitions.forEach(each -> consumer.seek(each, 0));
      long[] positions = new long[partitions.size()];
      while (!enough.getAsBoolean()) {
        long sent = now();
        ConsumerRecords<String, String> records;
        try {
          records = consumer.poll(Duration.ofMillis(20));
        } catch (OffsetOutOfRangeException e) {
          goOn(consumer, e.offsetOutOfRangePartitions(), positions, sent);
          continue;
        }
        long answered = now();
        for (TopicPartition each : partitions) {
          long from = positions[each.partition()];
          long next = consumer.position(each);
          positions[each.partition()] = next;
          List<Entry> entries =
              records.records(each).stream()
                  .map(got -> new Entry(got.offset(), got.timestamp(), got.value()))
                  .toList();
          history()
              .add(
                  new Read(
                      who,
                      each.partition(),
                      committed,
                      from,
                      next,
                      entries,
                      -1,
                      -1,
                      sent,
                      answered));
        }
      }
    }
  }

  /** Where records were deleted it goes on with the first that is still there. */
  private void goOn(
      KafkaConsumer<String, String> consumer,
      Map<TopicPartition, Long> outOfRange,
      long[] positions,
      long sent) {
    outOfRange.forEach(
        (each, from) -> {
          history().add(new OutOfRange(who, each.partition(), from, sent, now()));
          long start = consumer.beginningOffsets(List.of(each)).getOrDefault(each, from);
          positions[each.partition()] = Math.max(from, start);
          consumer.seek(each, positions[each.partition()]);
        });
  }

  static KafkaConsumer<String, String> consumer(Setting setting, String group, boolean committed) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:" + setting.node().port(),
            "group.id",
            group.isEmpty() ? "nobody" : group,
            "enable.auto.commit",
            "false",
            "auto.offset.reset",
            "none",
            "fetch.max.wait.ms",
            20,
            "reconnect.backoff.ms",
            5,
            "reconnect.backoff.max.ms",
            50,
            "retry.backoff.ms",
            5,
            "max.poll.records",
            5,
            "isolation.level",
            committed ? "read_committed" : "read_uncommitted"),
        new StringDeserializer(),
        new StringDeserializer());
  }
}
