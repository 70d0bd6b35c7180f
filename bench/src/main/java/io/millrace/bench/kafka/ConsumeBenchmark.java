package io.millrace.bench.kafka;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What it costs a broker to give records out: to the Java client and to the lean client. */
record ConsumeBenchmark(String name, int recordBytes, int partitions, long records)
    implements Benchmark {

  private static final int QUICK_DIVISOR = 20;
  private static final int PASSES = 3;
  private static final Duration POLL = Duration.ofMillis(500);

  @Override
  public String measures() {
    return "CPU of the broker's process to give out a million records of %d B from %d partitions to one Java consumer with its default settings, which reads the topic %d times; throughput of it and of a lean client."
        .formatted(recordBytes, partitions, PASSES);
  }

  @Override
  public String unit() {
    return "CPU-s per million records";
  }

  @Override
  public double goalRatio() {
    return 2;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    long count = quick ? records / QUICK_DIVISOR : records;
    try (Server server = contestant.start(folder)) {
      Target target = Target.create(server, partitions);
      try (LeanProducer producer = new LeanProducer(target, (short) 1, recordBytes)) {
        producer.send(count);
      }
      read(target, count, 1);
      Load java = Load.measure(server.usage(), () -> read(target, count, PASSES));
      readLean(target, count, 1);
      Load lean = Load.measure(server.usage(), () -> readLean(target, count, PASSES));
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

  private static long read(Target target, long count, int passes) {
    List<TopicPartition> assignment =
        IntStream.range(0, target.partitions())
            .mapToObj(partition -> new TopicPartition(target.topic(), partition))
            .toList();
    long total = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", target.server().bootstrap(), "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(assignment);
      for (int pass = 0; pass < passes; pass++) {
        consumer.seekToBeginning(assignment);
        for (long read = 0; read < count; ) {
          int polled = consumer.poll(POLL).count();
          read += polled;
          total += polled;
        }
      }
    }
    return total;
  }

  private static long readLean(Target target, long count, int passes) throws Exception {
    long total = 0;
    for (int pass = 0; pass < passes; pass++) {
      try (LeanConsumer consumer = new LeanConsumer(target)) {
        total += consumer.read(count);
      }
    }
    return total;
  }
}
