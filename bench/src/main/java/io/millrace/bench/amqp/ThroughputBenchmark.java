package io.millrace.bench.amqp;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import io.millrace.bench.SyncCounter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many messages a broker moves in a second under one shape of load.
 *
 * @param perfTest arguments for PerfTest with a load of the same kind; empty where there is none
 */
record ThroughputBenchmark(String name, String measures, Shape shape, List<String> perfTest)
    implements Benchmark {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration MEASURED = Duration.ofSeconds(10);
  private static final Duration QUICK = Duration.ofSeconds(2);
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MILLION = 1e6;

  @Override
  public String unit() {
    return shape.copies() > 1 ? "deliveries/s" : "msg/s";
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public double goalRatio() {
    return 5;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    SyncCounter syncs = shape.durable() ? SyncCounter.in(folder) : SyncCounter.none();
    try (Server server = contestant.start(folder, syncs)) {
      LeanConnection.await(server.amqpPort(), BUFFER_BYTES, server::requireAlive, START_LIMIT)
          .close();
      Map<String, Double> details = new LinkedHashMap<>();
      double perSecond;
      double cpuSeconds;
      try (Traffic traffic = Traffic.start(server, shape)) {
        Thread.sleep(quick ? QUICK : WARM_UP);
        long syncsBefore = syncs.count();
        double cpuBefore = server.usage().cpuSeconds();
        long deliveredBefore = traffic.delivered();
        long began = System.nanoTime();
        Thread.sleep(quick ? QUICK : MEASURED);
        double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
        long delivered = traffic.delivered() - deliveredBefore;
        cpuSeconds = server.usage().cpuSeconds() - cpuBefore;
        long forced = syncs.count() - syncsBefore;
        perSecond = delivered / seconds;
        details.put("CPU-s of the server per million", cpuSeconds / delivered * MILLION);
        if (syncs.counts()) {
          details.put("fsync and fdatasync/s", forced / seconds);
          details.put("messages to each of them", (double) delivered / Math.max(1, forced));
        }
      }
      if (!perfTest.isEmpty()) {
        details.put("msg/s, PerfTest", PerfTest.run(server, quick, perfTest));
      }
      details.put("peak resident memory, MiB", server.usage().peakResidentMebibytes());
      return new Measurement(perSecond, cpuSeconds, server.usage().residentMebibytes(), details);
    }
  }
}
