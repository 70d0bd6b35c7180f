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
    return "Median time from when one more member asks to join a stable classic group of %d until all have their part of the new generation; a lean client with a connection for each member, %d partitions. All members send a heartbeat once the group has begun to rebalance, so that the wait for heartbeats, which no broker can shorten, is left out. Beside it the time with that wait: heartbeats every 50 ms, spread evenly."
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
        int generation = members.awaitAssigned(-1, Duration.ZERO, LIMIT);
        double formedMillis = (System.nanoTime() - forming) / NANOS_PER_MILLI;
        for (int join = 0; join < (quick ? 1 : WARM_UPS); join++) {
          members.add();
          generation = members.awaitAssigned(generation, Duration.ZERO, LIMIT);
        }
        int joins = quick ? QUICK_JOINS : JOINS;
        Histogram micros = new Histogram(HIGHEST_MICROS, 3);
        double cpuBefore = server.usage().cpuSeconds();
        for (int join = 0; join < joins; join++) {
          long began = System.nanoTime();
          members.addKnown();
          generation = members.awaitAssigned(generation, Duration.ZERO, LIMIT);
          micros.recordValue((System.nanoTime() - began) / 1000);
        }
        double cpuSeconds = server.usage().cpuSeconds() - cpuBefore;
        Histogram spreadMicros = new Histogram(HIGHEST_MICROS, 3);
        for (int join = 0; join < joins; join++) {
          long began = System.nanoTime();
          members.add();
          generation = members.awaitAssigned(generation, GroupMembers.HEARTBEAT_INTERVAL, LIMIT);
          spreadMicros.recordValue((System.nanoTime() - began) / 1000);
        }
        Map<String, Double> details = new LinkedHashMap<>();
        details.put(
            "with heartbeats spread over 50 ms, ms",
            spreadMicros.getValueAtPercentile(50) / MICROS_PER_MILLI);
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
