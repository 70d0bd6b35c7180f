package io.millrace.bench.amqp;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How long a persistent message takes until it is confirmed, at a fixed rate.
 *
 * <p>The time runs from when the message is due, not from when the publisher got round to it, so
 * that a stall counts against every message that it held up (no coordinated omission). Forces to
 * disk are not counted here: the counter stops the thread at each of them, thousands of times a
 * second, which would be most of what is measured.
 */
record ConfirmLatencyBenchmark() implements Benchmark {

  private static final int MESSAGES_PER_SECOND = 10_000;
  private static final int BODY_BYTES = 1024;
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int PREFETCH = 1000;
  private static final int WARM_UP_SECONDS = 10;
  private static final int SECONDS = 20;
  private static final int QUICK_SECONDS = 3;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long HIGHEST_MICROS = 60_000_000;
  private static final double MICROS_PER_MILLI = 1000;
  private static final double MILLION = 1e6;

  private static final Shape SHAPE =
      new Shape(Shape.Topology.QUEUE, BODY_BYTES, true, null, 1, PREFETCH, 1);

  @Override
  public String name() {
    return "amqp-confirm-latency";
  }

  @Override
  public String measures() {
    return "p99 of the time from when a persistent message of %d B is due to its confirm, at %d msg/s to one durable queue, whose consumer acknowledges by hand."
        .formatted(BODY_BYTES, MESSAGES_PER_SECOND);
  }

  @Override
  public String unit() {
    return "ms (p99)";
  }

  @Override
  public double goalRatio() {
    return 2;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    try (Server server = contestant.start(folder);
        LeanConnection publisher =
            LeanConnection.await(
                server.amqpPort(), BUFFER_BYTES, server::requireAlive, START_LIMIT);
        LeanConnection consumer = LeanConnection.open(server.amqpPort(), BUFFER_BYTES);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      SHAPE.declare(publisher);
      publisher.selectConfirms();
      consumer.consume(SHAPE.queues().getFirst(), false, PREFETCH);
      Confirmations confirms = new Confirmations();
      int warmUp = MESSAGES_PER_SECOND * (quick ? QUICK_SECONDS : WARM_UP_SECONDS);
      int seconds = quick ? QUICK_SECONDS : SECONDS;
      int count = MESSAGES_PER_SECOND * seconds;
      Future<?> consumed = threads.submit(() -> consume(consumer, warmUp + count));
      run(threads, publisher, confirms, warmUp);
      double cpuBefore = server.usage().cpuSeconds();
      Histogram latency = run(threads, publisher, confirms, count);
      double cpuSeconds = server.usage().cpuSeconds() - cpuBefore;
      consumed.get();
      Map<String, Double> details = new LinkedHashMap<>();
      details.put("p50, ms", latency.getValueAtPercentile(50) / MICROS_PER_MILLI);
      details.put("p99.9, ms", latency.getValueAtPercentile(99.9) / MICROS_PER_MILLI);
      details.put("longest, ms", latency.getMaxValue() / MICROS_PER_MILLI);
      details.put("CPU-s of the server per million", cpuSeconds / count * MILLION);
      return new Measurement(
          latency.getValueAtPercentile(99) / MICROS_PER_MILLI,
          cpuSeconds,
          server.usage().residentMebibytes(),
          details);
    }
  }

  private static @Nullable Void consume(LeanConnection from, long count) throws IOException {
    long tag = 0;
    long acknowledged = 0;
    while (tag < count) {
      from.fill();
      while (from.next()) {
        if (from.type() == LeanConnection.METHOD && from.method() == LeanConnection.BASIC_DELIVER) {
          tag++;
        }
      }
      if (tag - acknowledged >= SHAPE.acknowledgeEvery() || tag == count) {
        from.acknowledge(tag);
        acknowledged = tag;
      }
    }
    return null;
  }

  private static Histogram run(
      ExecutorService threads, LeanConnection connection, Confirmations confirms, int count)
      throws Exception {
    long first = confirms.count();
    long began = System.nanoTime();
    long nanosPerMessage = NANOS_PER_SECOND / MESSAGES_PER_SECOND;
    Future<Histogram> latency =
        threads.submit(() -> confirmed(connection, confirms, first, count, began, nanosPerMessage));
    PublishFrames frames = SHAPE.frames();
    int at = 0;
    for (int sent = 0; sent < count; ) {
      long due = (System.nanoTime() - began) / nanosPerMessage + 1;
      int now = (int) Math.min(count, due) - sent;
      if (now <= 0) {
        LockSupport.parkNanos(began + sent * nanosPerMessage - System.nanoTime());
        continue;
      }
      int batch = Math.min(now, frames.count() - at);
      connection.send(frames.slice(at, batch));
      sent += batch;
      at = (at + batch) % frames.count();
    }
    return latency.get();
  }

  /** Notes the time of each message when it is confirmed. */
  private static Histogram confirmed(
      LeanConnection connection,
      Confirmations confirms,
      long first,
      int count,
      long began,
      long nanosPerMessage)
      throws IOException {
    Histogram latency = new Histogram(HIGHEST_MICROS, 3);
    long noted = first;
    while (noted < first + count) {
      connection.fill();
      while (connection.next()) {
        confirms.take(connection);
      }
      long now = System.nanoTime();
      // One that overtook another is noted with it, a little late; so for both contestants.
      for (; noted < confirms.allUpTo(); noted++) {
        long due = began + (noted - first) * nanosPerMessage;
        latency.recordValue(Math.clamp((now - due) / 1000, 0, HIGHEST_MICROS));
      }
    }
    return latency;
  }
}
