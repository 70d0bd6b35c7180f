package io.millrace.bench.kafka;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How long a record takes from the producer to the consumer at a fixed rate.
 *
 * <p>Each record carries the time at which it was due, not the time at which the producer got round
 * to it, so that a stall counts against every record that it held up (no coordinated omission).
 */
record LatencyBenchmark(String name, int recordsPerSecond, double goalRatio) implements Benchmark {

  private static final int RECORD_BYTES = 100;
  private static final int PARTITIONS = 6;
  private static final int WARM_UP_SECONDS = 10;
  private static final int SECONDS = 20;
  private static final int QUICK_SECONDS = 3;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long HIGHEST_MICROS = 60_000_000;
  private static final double MICROS_PER_MILLI = 1000;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(60);

  @Override
  public String measures() {
    return "p99 of the time from when a record of %d B is due to when the consumer has it, at %d records/s into %d partitions, Java clients, acks=all, linger.ms=0; p50 beside it."
        .formatted(RECORD_BYTES, recordsPerSecond, PARTITIONS);
  }

  @Override
  public String unit() {
    return "ms (p99)";
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    try (Server server = contestant.start(folder)) {
      Target target = Target.create(server, PARTITIONS);
      run(target, quick ? QUICK_SECONDS : WARM_UP_SECONDS);
      double cpuBefore = server.usage().cpuSeconds();
      Histogram latency = run(target, quick ? QUICK_SECONDS : SECONDS);
      Map<String, Double> details = new LinkedHashMap<>();
      details.put("p50, ms", latency.getValueAtPercentile(50) / MICROS_PER_MILLI);
      details.put("p99.9, ms", latency.getValueAtPercentile(99.9) / MICROS_PER_MILLI);
      details.put("longest, ms", latency.getMaxValue() / MICROS_PER_MILLI);
      return new Measurement(
          latency.getValueAtPercentile(99) / MICROS_PER_MILLI,
          server.usage().cpuSeconds() - cpuBefore,
          server.usage().residentMebibytes(),
          details);
    }
  }

  private Histogram run(Target target, int seconds) throws Exception {
    long count = (long) recordsPerSecond * seconds;
    CompletableFuture<Void> ready = new CompletableFuture<>();
    try (ExecutorService consumerThread = Executors.newSingleThreadExecutor()) {
      var latency = consumerThread.submit(() -> consume(target, count, ready));
      ready.join();
      produce(target, count);
      return latency.get();
    }
  }

  private static Histogram consume(Target target, long count, CompletableFuture<Void> ready) {
    Histogram latency = new Histogram(HIGHEST_MICROS, 3);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", target.server().bootstrap(), "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      var assignment =
          IntStream.range(0, PARTITIONS)
              .mapToObj(partition -> new TopicPartition(target.topic(), partition))
              .toList();
      consumer.assign(assignment);
      consumer.seekToEnd(assignment);
      assignment.forEach(consumer::position);
      ready.complete(null);
      long lastNanos = System.nanoTime();
      for (long read = 0; read < count; ) {
        var records = consumer.poll(POLL);
        long now = System.nanoTime();
        if (!records.isEmpty()) {
          lastNanos = now;
        } else if (now - lastNanos > SILENCE_LIMIT.toNanos()) {
          throw new IllegalStateException(
              "the consumer got %d of %d records and no more for %d s"
                  .formatted(read, count, SILENCE_LIMIT.toSeconds()));
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
          long dueNanos = ByteBuffer.wrap(record.value()).getLong();
          latency.recordValue(Math.clamp((now - dueNanos) / 1000, 0, HIGHEST_MICROS));
        }
        read += records.count();
      }
      return latency;
    } catch (RuntimeException failure) {
      ready.completeExceptionally(failure);
      throw failure;
    }
  }

  private void produce(Target target, long count) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", target.server().bootstrap(),
                "acks", "all",
                "linger.ms", "0"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      long nanosPerRecord = NANOS_PER_SECOND / recordsPerSecond;
      long began = System.nanoTime();
      for (long i = 0; i < count; i++) {
        long due = began + i * nanosPerRecord;
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        byte[] value = new byte[RECORD_BYTES];
        ByteBuffer.wrap(value).putLong(due);
        // A refused record never reaches the consumer, so the round fails there for its silence.
        var unused =
            producer.send(
                new ProducerRecord<>(target.topic(), (int) (i % PARTITIONS), null, value));
      }
    }
  }
}
