package io.millrace.bench.kafka;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One transactional producer with its default settings that commits one transaction after another.
 */
final class TransactionLoop implements AutoCloseable {

  static final int RECORDS = 10;
  static final int RECORD_BYTES = 100;
  static final int PARTITIONS_EACH = 3;

  private static final long HIGHEST_MICROS = 60_000_000;

  private final Target target;
  private final int index;
  private final KafkaProducer<byte[], byte[]> producer;
  private Histogram commitMicros = new Histogram(HIGHEST_MICROS, 3);
  private long committed;

  /**
   * @param index of this producer: its id, and which partitions it writes to
   */
  TransactionLoop(Target target, int index) {
    this.target = target;
    this.index = index;
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                target.server().bootstrap(),
                "transactional.id",
                "bench-" + index),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
  }

  /** Commits transactions until a moment on {@link System#nanoTime}'s scale. */
  void run(long untilNanos) {
    byte[] value = new byte[RECORD_BYTES];
    while (System.nanoTime() < untilNanos) {
      producer.beginTransaction();
      for (int record = 0; record < RECORDS; record++) {
        int partition = (index + record % PARTITIONS_EACH) % target.partitions();
        var unused = producer.send(new ProducerRecord<>(target.topic(), partition, null, value));
      }
      long began = System.nanoTime();
      // The client's sender asks whether anything is unsent before it looks at what it is to do
      // next; when sends and commit come between the two, it ends the transaction before it sends
      // the records, which any broker refuses. After a flush nothing is unsent.
      producer.flush();
      producer.commitTransaction();
      commitMicros.recordValue((System.nanoTime() - began) / 1000);
      committed++;
    }
  }

  /** How many records of this producer have been committed since it was made. */
  long committedRecords() {
    return committed * RECORDS;
  }

  /** Begins to measure anew. */
  void forgetFigures() {
    commitMicros = new Histogram(HIGHEST_MICROS, 3);
  }

  /** How long the commits of all took, the sending of what was left included. */
  static Histogram commitMicros(List<TransactionLoop> loops) {
    Histogram all = new Histogram(HIGHEST_MICROS, 3);
    loops.forEach(loop -> all.add(loop.commitMicros));
    return all;
  }

  @Override
  public void close() {
    producer.close();
  }
}
