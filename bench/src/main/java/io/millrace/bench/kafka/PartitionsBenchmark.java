package io.millrace.bench.kafka;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What ten thousand partitions cost a node that nobody writes to. */
record PartitionsBenchmark(Figure figure) implements Benchmark {

  /** The one of the figures that is compared; the others are shown beside it. */
  enum Figure {
    CREATE("create", "ms"),
    IDLE("idle", "MiB"),
    RESTART("restart", "ms");

    private final String name;
    private final String unit;

    Figure(String name, String unit) {
      this.name = name;
      this.unit = unit;
    }
  }

  private static final int PARTITIONS = 10_000;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration IDLE = Duration.ofSeconds(20);
  private static final Duration QUICK_IDLE = Duration.ofSeconds(3);
  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public String name() {
    return "kafka-partitions-" + figure.name;
  }

  @Override
  public String measures() {
    return switch (figure) {
      case CREATE ->
          "Time to make 100 topics of 100 partitions by the admin client, 10 topics in a request, until one fetch reads from all 10,000 partitions without an error.";
      case IDLE ->
          "Resident memory of a node with 10,000 empty partitions after a restart and %d idle seconds; its CPU over those."
              .formatted(IDLE.toSeconds());
      case RESTART ->
          "Time from the start of the process on a folder of 10,000 partitions that was closed in order until one fetch reads from all of them without an error; the first whole Metadata answer beside it.";
    };
  }

  @Override
  public String unit() {
    return figure.unit;
  }

  @Override
  public double goalRatio() {
    return 4;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    PartitionSet set = PartitionSet.of(PARTITIONS);
    Map<String, Double> details = new LinkedHashMap<>();
    double cpuSeconds;
    double stopMillis;
    try (Server server = contestant.start(folder)) {
      FirstAnswer.await(server, START_LIMIT);
      double cpuBefore = server.usage().cpuSeconds();
      long began = System.nanoTime();
      set.create(server);
      details.put("answered after, ms", millisSince(began));
      set.awaitServed(server, LIMIT);
      double createMillis = millisSince(began);
      cpuSeconds = server.usage().cpuSeconds() - cpuBefore;
      details.put("create, ms", createMillis);
      details.put("create, CPU-s", cpuSeconds);
      details.put("resident memory after create, MiB", server.usage().residentMebibytes());
      if (figure == Figure.CREATE) {
        return new Measurement(
            createMillis, cpuSeconds, server.usage().residentMebibytes(), details);
      }
      long stopping = System.nanoTime();
      server.stop();
      stopMillis = millisSince(stopping);
    }
    try (Server server = contestant.start(folder)) {
      set.awaitMetadata(server, LIMIT);
      double metadataMillis = millisSince(server.startedNanos());
      set.awaitServed(server, LIMIT);
      double restartMillis = millisSince(server.startedNanos());
      double restartCpu = server.usage().cpuSeconds();
      Thread.sleep(quick || figure != Figure.IDLE ? QUICK_IDLE : IDLE);
      server.requireAlive();
      details.put("stop in order, ms", stopMillis);
      details.put("restart to Metadata, ms", metadataMillis);
      details.put("restart to all served, ms", restartMillis);
      details.put("restart, CPU-s", restartCpu);
      details.put("idle, CPU-s", server.usage().cpuSeconds() - restartCpu);
      double resident = server.usage().residentMebibytes();
      details.put("idle, resident MiB", resident);
      return figure == Figure.IDLE
          ? new Measurement(resident, server.usage().cpuSeconds() - restartCpu, resident, details)
          : new Measurement(restartMillis, restartCpu, resident, details);
    }
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / NANOS_PER_MILLI;
  }
}
