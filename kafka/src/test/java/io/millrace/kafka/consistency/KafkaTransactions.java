package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Begin;
import io.millrace.kafka.consistency.Operation.CommitOffset;
import io.millrace.kafka.consistency.Operation.EndTransaction;
import io.millrace.kafka.consistency.Operation.FetchOffset;
import io.millrace.kafka.consistency.Operation.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's own transactional producer, by the plan of {@link WireTransactions}. */
final class KafkaTransactions extends Client {

  private final WireTransactions.Plan plan;
  private final TopicPartition input;
  private int records;

  KafkaTransactions(String who, Setting setting, long seed, WireTransactions.Plan plan) {
    super(who, setting, seed);
    this.plan = plan;
    this.input = new TopicPartition(TOPIC, plan.input());
  }

  @Override
  public void run() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(plan.delayMillis()));
    KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", "127.0.0.1:" + setting.node().port(),
                "transactional.id", plan.transactionalId(),
                "transaction.timeout.ms", 600_000,
                "reconnect.backoff.ms", 5,
                "reconnect.backoff.max.ms", 50,
                "retry.backoff.ms", 5,
                "max.block.ms", 50_000,
                "delivery.timeout.ms", 50_000),
            new StringSerializer(),
            new StringSerializer());
    try (KafkaConsumer<String, String> consumer =
        KafkaReader.consumer(setting, plan.group(), true)) {
      long sent = now();
      producer.initTransactions();
      history().add(new Begin(who, plan.transactionalId(), sent, now()));
      if (plan.copies()) {
        consumer.assign(Set.of(input));
        findPosition(consumer);
      }
      for (int i = 0; i < plan.transactions(); i++) {
        transaction(who + "#" + i, producer, consumer);
      }
    } catch (KafkaException e) {
      // Fenced by the other producer of its id, or in doubt about what became of a request.
      if (plan.isAlone() && !(e instanceof org.apache.kafka.common.errors.TimeoutException)) {
        history().add(new Operation.Refused(who, e.toString(), now(), now()));
      }
    } finally {
      producer.close(Duration.ZERO);
    }
  }

  private void findPosition(KafkaConsumer<String, String> consumer) {
    long sent = now();
    OffsetAndMetadata found = consumer.committed(Set.of(input)).get(input);
    long offset = found == null ? -1 : found.offset();
    history().add(new FetchOffset(who, plan.group(), plan.input(), sent, now(), offset));
    consumer.seek(input, Math.max(0, offset));
  }

  private void transaction(
      String name, KafkaProducer<String, String> producer, KafkaConsumer<String, String> consumer) {
    ConsumerRecords<String, String> some = ConsumerRecords.empty();
    if (plan.copies()) {
      some = consumer.poll(Duration.ofMillis(50));
      if (some.isEmpty()) {
        return;
      }
    }
    producer.beginTransaction();
    if (plan.copies()) {
      copy(name, some, consumer.position(input), producer, consumer);
    } else {
      for (int i = random.nextInt(6); i >= 0; i--) {
        int partition = random.nextInt(setting.partitions());
        KafkaSender.send(this, producer, who, partition, who + "-" + records++, name);
      }
    }
    boolean commit = random.nextInt(10) > 2;
    end(name, commit, producer);
    if (!commit && plan.copies()) {
      findPosition(consumer);
    }
  }

  private void copy(
      String name,
      ConsumerRecords<String, String> some,
      long next,
      KafkaProducer<String, String> producer,
      KafkaConsumer<String, String> consumer) {
    for (ConsumerRecord<String, String> each : some) {
      String value = OffsetChecks.copyOf(each.value(), who + "-" + records++);
      KafkaSender.send(this, producer, who, plan.output(), value, name);
    }
    long sent = now();
    Outcome outcome = Outcome.UNKNOWN;
    try {
      producer.sendOffsetsToTransaction(
          Map.of(input, new OffsetAndMetadata(next)), consumer.groupMetadata());
      outcome = Outcome.DONE;
    } finally {
      history()
          .add(
              new CommitOffset(
                  who,
                  plan.group(),
                  plan.input(),
                  next,
                  name,
                  sent,
                  outcome == Outcome.DONE ? now() : Operation.NEVER,
                  outcome));
    }
  }

  private void end(String name, boolean commit, KafkaProducer<String, String> producer) {
    long sent = now();
    Outcome outcome = Outcome.UNKNOWN;
    try {
      if (commit) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
      outcome = Outcome.DONE;
    } finally {
      history()
          .add(
              new EndTransaction(
                  who,
                  name,
                  commit,
                  sent,
                  outcome == Outcome.DONE ? now() : Operation.NEVER,
                  outcome));
    }
  }
}
