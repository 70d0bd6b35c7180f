package io.millrace.bench.kafka;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How many small transactions a broker carries through for several producers side by side. */
record TransactionsBenchmark() implements Benchmark {

  private static final int PRODUCERS = 8;
  private static final int PARTITIONS = 6;
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration MEASURED = Duration.ofSeconds(15);
  private static final Duration QUICK = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration READ_LIMIT = Duration.ofMinutes(2);
  private static final double MICROS_PER_MILLI = 1000;
  private static final double NANOS_PER_SECOND = 1e9;

  @Override
  public String name() {
    return "kafka-transactions";
  }

  @Override
  public String measures() {
    return "Transactions per second of %d Java producers side by side, each in a loop: begin, %d records of %d B to %d of %d partitions, commit. Afterwards a read_committed consumer must find all records, and none twice."
        .formatted(
            PRODUCERS,
            TransactionLoop.RECORDS,
            TransactionLoop.RECORD_BYTES,
            TransactionLoop.PARTITIONS_EACH,
            PARTITIONS);
  }

  @Override
  public String unit() {
    return "transactions/s";
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public double goalRatio() {
    return 2;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    try (Server server = contestant.start(folder)) {
      Target target = Target.create(server, PARTITIONS);
      List<TransactionLoop> loops = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS)) {
        for (int producer = 0; producer < PRODUCERS; producer++) {
          loops.add(new TransactionLoop(target, producer));
        }
        run(threads, loops, quick ? QUICK : WARM_UP);
        loops.forEach(TransactionLoop::forgetFigures);
        double cpuBefore = server.usage().cpuSeconds();
        long began = System.nanoTime();
        run(threads, loops, quick ? QUICK : MEASURED);
        double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
        double cpuSeconds = server.usage().cpuSeconds() - cpuBefore;
        Histogram micros = TransactionLoop.commitMicros(loops);
        checkCommitted(target, loops);
        Map<String, Double> details = new LinkedHashMap<>();
        details.put("CPU-ms per transaction", cpuSeconds * 1000 / micros.getTotalCount());
        details.put("commit p50, ms", micros.getValueAtPercentile(50) / MICROS_PER_MILLI);
        details.put("commit p99, ms", micros.getValueAtPercentile(99) / MICROS_PER_MILLI);
        details.put("peak resident memory, MiB", server.usage().peakResidentMebibytes());
        return new Measurement(
            micros.getTotalCount() / seconds,
            cpuSeconds,
            server.usage().residentMebibytes(),
            details);
      } finally {
        loops.forEach(TransactionLoop::close);
      }
    }
  }

  private static void run(ExecutorService threads, List<TransactionLoop> loops, Duration time)
      throws Exception {
    long until = System.nanoTime() + time.toNanos();
    List<Future<?>> running = new ArrayList<>();
    for (TransactionLoop loop : loops) {
      running.add(threads.submit(() -> loop.run(until)));
    }
    for (Future<?> each : running) {
      each.get();
    }
  }

  /** What was committed is there once, read by a consumer that skips all else. */
  private static void checkCommitted(Target target, List<TransactionLoop> loops) {
    long committed = loops.stream().mapToLong(TransactionLoop::committedRecords).sum();
    List<TopicPartition> all =
        IntStream.range(0, target.partitions())
            .mapToObj(partition -> new TopicPartition(target.topic(), partition))
            .toList();
    long read = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                target.server().bootstrap(),
                "enable.auto.commit",
                "false",
                "isolation.level",
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long limit = System.nanoTime() + READ_LIMIT.toNanos();
      int polled = 0;
      while ((read < committed || polled > 0) && System.nanoTime() < limit) {
        polled = consumer.poll(POLL).count();
        read += polled;
      }
    }
    if (read != committed) {
      throw new IllegalStateException(
          committed + " records were committed, and a consumer was given " + read);
    }
  }
}
