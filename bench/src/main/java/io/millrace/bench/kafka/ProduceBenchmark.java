package io.millrace.bench.kafka;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What it costs a broker to take in records: from the Java client with its default batching, and
 * from the lean client.
 */
record ProduceBenchmark(String name, int recordBytes, int partitions, String acks, long records)
    implements Benchmark {

  private static final int QUICK_DIVISOR = 20;
  private static final int WARM_UP_DIVISOR = 2;

  @Override
  public String measures() {
    return "CPU of the broker's process to take in %s records of %d B into %d partition(s), acks=%s, from the Java client with its default batching; throughput of it and of a lean client."
        .formatted("a million", recordBytes, partitions, acks);
  }

  @Override
  public String unit() {
    return "CPU-s per million records";
  }

  @Override
  public double goalRatio() {
    return 3;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    long count = quick ? records / QUICK_DIVISOR : records;
    try (Server server = contestant.start(folder)) {
      Target target = Target.create(server, partitions);
      send(target, count / WARM_UP_DIVISOR);
      Load java = Load.measure(server.usage(), () -> send(target, count));
      Load lean;
      try (LeanProducer producer =
          new LeanProducer(target, acks.equals("all") ? (short) -1 : 1, recordBytes)) {
        producer.send(count / WARM_UP_DIVISOR);
        lean = Load.measure(server.usage(), () -> producer.send(count));
      }
      Map<String, Double> details = new LinkedHashMap<>();
      details.put("records/s, Java client", java.recordsPerSecond());
      details.put("records/s, lean client", lean.recordsPerSecond());
      details.put("CPU-s per million, lean client", lean.cpuSecondsPerMillion());
      details.put("peak resident memory, MiB", server.usage().peakResidentMebibytes());
      return new Measurement(
          java.cpuSecondsPerMillion(),
          java.cpuSeconds(),
          server.usage().residentMebibytes(),
          details);
    }
  }

  private long send(Target target, long count) {
    byte[] value = new byte[recordBytes];
    ThreadLocalRandom.current().nextBytes(value);
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", target.server().bootstrap(), "acks", acks),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (long i = 0; i < count; i++) {
        var unused =
            producer.send(
                new ProducerRecord<>(target.topic(), value),
                (metadata, error) -> {
                  if (error != null) {
                    failure.compareAndSet(null, error);
                  }
                });
      }
    }
    Exception error = failure.get();
    if (error != null) {
      throw new IllegalStateException("a record was not taken in: " + error.getMessage(), error);
    }
    return count;
  }
}
