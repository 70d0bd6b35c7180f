package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Delivery;
import io.millrace.kafka.consistency.Operation.Outcome;
import io.millrace.kafka.consistency.Operation.Produce;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's own producer, idempotent as it is by default. */
final class KafkaSender extends Client {

  private final int records;

  KafkaSender(String who, Setting setting, long seed, int records) {
    super(who, setting, seed);
    this.records = records;
  }

  @Override
  public void run() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", "127.0.0.1:" + setting.node().port(),
            "reconnect.backoff.ms", 5,
            "reconnect.backoff.max.ms", 50,
            "retry.backoff.ms", 5,
            "linger.ms", random.nextInt(3),
            "delivery.timeout.ms", 50_000);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < records; i++) {
        send(producer, who, random.nextInt(setting.partitions()), who + "-" + i, "");
        if (random.nextInt(4) == 0) {
          producer.flush();
        }
      }
    }
  }

  private void send(
      KafkaProducer<String, String> producer,
      String by,
      int partition,
      String value,
      String transaction) {
    send(this, producer, by, partition, value, transaction);
  }

  /** Sends a record, and notes what becomes of it. */
  static void send(
      Client client,
      KafkaProducer<String, String> producer,
      String by,
      int partition,
      String value,
      String transaction) {
    long sent = client.now();
    Future<RecordMetadata> unused =
        producer.send(
            new ProducerRecord<>(TOPIC, partition, "", value),
            (metadata, failure) ->
                client
                    .history()
                    .add(
                        new Produce(
                            by,
                            partition,
                            List.of(value),
                            transaction,
                            Delivery.ONCE,
                            false,
                            sent,
                            failure == null ? client.now() : Operation.NEVER,
                            failure == null ? Outcome.DONE : Outcome.UNKNOWN,
                            failure == null && metadata.hasOffset() ? metadata.offset() : -1)));
  }
}
