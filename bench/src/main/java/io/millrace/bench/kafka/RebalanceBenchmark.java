package io.millrace.bench.kafka;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** How long a large group stands still when one more consumer joins it. */
record RebalanceBenchmark() implements Benchmark {

  private static final int MEMBERS = 1000;
  private static final int PARTITIONS = 2000;
  private static final int WARM_UPS = 5;
  private static final int JOINS = 20;
  private static final int QUICK_JOINS = 3;
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final long HIGHEST_MICROS = 600_000_000;
  private static final double MICROS_PER_MILLI = 1000;
  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public String name() {
    return "kafka-rebalance-1k";
  }

  @Override
  public String measures() {
    return "Median time from when one more member asks to join a stable classic group of %d until all have their part of the new generation; a lean client with a connection and a heartbeat every 50 ms for each member, %d partitions. Beside it the part after the first of them has heard of it in the answer to a heartbeat."
        .formatted(MEMBERS, PARTITIONS);
  }

  @Override
  public String unit() {
    return "ms";
  }

  @Override
  public double goalRatio() {
    return 2;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    try (Server server = contestant.start(folder)) {
      Target target = Target.create(server, PARTITIONS);
      try (GroupMembers members = new GroupMembers(target, "large")) {
        long forming = System.nanoTime();
        for (int member = 0; member < MEMBERS; member++) {
          members.add();
        }
        int generation = members.awaitAssigned(-1, LIMIT);
        double formedMillis = (System.nanoTime() - forming) / NANOS_PER_MILLI;
        for (int join = 0; join < (quick ? 1 : WARM_UPS); join++) {
          members.add();
          generation = members.awaitAssigned(generation, LIMIT);
        }
        Histogram micros = new Histogram(HIGHEST_MICROS, 3);
        Histogram afterNews = new Histogram(HIGHEST_MICROS, 3);
        double cpuBefore = server.usage().cpuSeconds();
        int joins = quick ? QUICK_JOINS : JOINS;
        for (int join = 0; join < joins; join++) {
          long began = System.nanoTime();
          members.add();
          generation = members.awaitAssigned(generation, LIMIT);
          long ended = System.nanoTime();
          micros.recordValue((ended - began) / 1000);
          afterNews.recordValue((ended - members.firstToldNanos()) / 1000);
        }
        double cpuSeconds = server.usage().cpuSeconds() - cpuBefore;
        Map<String, Double> details = new LinkedHashMap<>();
        details.put(
            "after the first heard of it, ms",
            afterNews.getValueAtPercentile(50) / MICROS_PER_MILLI);
        details.put("longest, ms", micros.getMaxValue() / MICROS_PER_MILLI);
        details.put("CPU-ms per rebalance", cpuSeconds * 1000 / joins);
        details.put("forming the group, ms", formedMillis);
        details.put("peak resident memory, MiB", server.usage().peakResidentMebibytes());
        return new Measurement(
            micros.getValueAtPercentile(50) / MICROS_PER_MILLI,
            cpuSeconds,
            server.usage().residentMebibytes(),
            details);
      }
    }
  }
}
