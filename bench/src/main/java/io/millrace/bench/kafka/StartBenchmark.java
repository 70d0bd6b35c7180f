package io.millrace.bench.kafka;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How soon a broker answers, and what it holds in memory while nobody uses it. */
record StartBenchmark() implements Benchmark {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration QUICK_IDLE = Duration.ofSeconds(2);
  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public String name() {
    return "kafka-start";
  }

  @Override
  public String measures() {
    return "Time from the start of the broker's process on an empty folder to its first answer to a Metadata request; resident memory after %d idle seconds."
        .formatted(IDLE.toSeconds());
  }

  @Override
  public String unit() {
    return "ms";
  }

  @Override
  public double goalRatio() {
    return 3;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    try (Server server = contestant.start(folder)) {
      double millis = FirstAnswer.await(server, START_LIMIT) / NANOS_PER_MILLI;
      double cpuSeconds = server.usage().cpuSeconds();
      Thread.sleep(quick ? QUICK_IDLE : IDLE);
      server.requireAlive();
      Map<String, Double> details = new LinkedHashMap<>();
      details.put("CPU-s to the first answer", cpuSeconds);
      details.put("resident memory when idle, MiB", server.usage().residentMebibytes());
      details.put("peak resident memory, MiB", server.usage().peakResidentMebibytes());
      return new Measurement(millis, cpuSeconds, server.usage().residentMebibytes(), details);
    }
  }
}
