package io.millrace.bench.amqp;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a broker holds in memory for many things that do nothing. */
record MemoryBenchmark(Kind kind, int count) implements Benchmark {

  private static final int BUFFER_BYTES = 4096;
  private static final int QUICK_DIVISOR = 20;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration QUICK_IDLE = Duration.ofSeconds(2);
  private static final int PIPELINED = 50;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double KIBIBYTES = 1024;

  /** Of what there are many. */
  enum Kind {
    /** Durable queues without messages. */
    QUEUES("amqp-idle-queues", "idle durable queues"),
    /** Connections with a channel each. */
    CONNECTIONS("amqp-connections", "connections with a channel each");

    private final String benchmark;
    private final String description;

    Kind(String benchmark, String description) {
      this.benchmark = benchmark;
      this.description = description;
    }
  }

  @Override
  public String name() {
    return kind.benchmark;
  }

  @Override
  public String measures() {
    return String.format(
        Locale.ROOT,
        "What %,d %s add to the resident memory of the broker's process, %d s after the last of them; what it was before, and is then, stands beside it.",
        count,
        kind.description,
        IDLE.toSeconds());
  }

  @Override
  public String unit() {
    return "MiB";
  }

  @Override
  public double goalRatio() {
    return 4;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    int many = quick ? count / QUICK_DIVISOR : count;
    List<LeanConnection> connections = new ArrayList<>();
    try (Server server = contestant.start(folder)) {
      LeanConnection first =
          LeanConnection.await(server.amqpPort(), BUFFER_BYTES, server::requireAlive, START_LIMIT);
      connections.add(first);
      Thread.sleep(quick ? QUICK_IDLE : IDLE);
      double before = server.usage().residentMebibytes();
      double cpuBefore = server.usage().cpuSeconds();
      long began = System.nanoTime();
      switch (kind) {
        case QUEUES -> declare(first, many);
        case CONNECTIONS -> {
          for (int i = 0; i < many; i++) {
            connections.add(LeanConnection.open(server.amqpPort(), BUFFER_BYTES));
          }
        }
      }
      double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
      Thread.sleep(quick ? QUICK_IDLE : IDLE);
      server.requireAlive();
      double resident = server.usage().residentMebibytes();
      double cpuSeconds = server.usage().cpuSeconds() - cpuBefore;
      Map<String, Double> details = new LinkedHashMap<>();
      details.put("resident memory before, MiB", before);
      details.put("resident memory with them, MiB", resident);
      details.put("more for each, KiB", (resident - before) * KIBIBYTES / many);
      details.put("seconds to make them", seconds);
      details.put("peak resident memory, MiB", server.usage().peakResidentMebibytes());
      return new Measurement(resident - before, cpuSeconds, resident, details);
    } finally {
      for (LeanConnection connection : connections) {
        connection.close();
      }
    }
  }

  private static void declare(LeanConnection connection, int many) throws IOException {
    for (int made = 0; made < many; ) {
      int now = Math.min(PIPELINED, many - made);
      for (int i = 0; i < now; i++) {
        connection.writeDeclareQueue("idle-" + (made + i), true, null);
      }
      connection.flush();
      for (int i = 0; i < now; i++) {
        connection.answered(LeanConnection.QUEUE_DECLARE);
      }
      made += now;
    }
  }
}
