package io.millrace.bench.amqp;

import io.millrace.bench.Benchmark;
import io.millrace.bench.amqp.Shape.Topology;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The comparisons with RabbitMQ. */
public final class AmqpBenchmarks {

  private static final int SMALL_BYTES = 12;
  private static final int LARGE_BYTES = 1024;
  private static final int WINDOW = 2000;
  private static final int PREFETCH = 1000;
  private static final int ON_THE_WAY = 20_000;
  private static final int FAN_OUT_ON_THE_WAY = 200;

  private AmqpBenchmarks() {}

  /** All of them, in the order in which they are shown. */
  public static List<Benchmark> all() {
    return List.of(
        new ThroughputBenchmark(
            "amqp-transient",
            "Transient messages of 12 B from one publisher through a queue that is not durable to one consumer without acknowledgements; at most 20,000 on the way. From a lean client, and from PerfTest.",
            new Shape(Topology.QUEUE, SMALL_BYTES, false, null, 0, 0, ON_THE_WAY),
            List.of("-x", "1", "-y", "1", "-s", "12", "-a", "--queue", "perf-test")),
        new ThroughputBenchmark(
            "amqp-confirms",
            "Persistent messages of 1 kB from one publisher with confirms (at most 2,000 open) through a durable queue to one consumer that acknowledges by hand (prefetch 1,000, 100 at once). From a lean client, and from PerfTest.",
            confirmed(null),
            perfTest("classic")),
        new ThroughputBenchmark(
            "amqp-quorum",
            "As amqp-confirms, with a queue of type quorum on one node.",
            confirmed("quorum"),
            perfTest("quorum")),
        new ThroughputBenchmark(
            "amqp-fanout",
            "Transient messages of 12 B from one publisher through a fanout exchange to 100 queues, each with a consumer without acknowledgements, on 4 connections; at most 200 messages on the way.",
            new Shape(Topology.FANOUT, SMALL_BYTES, false, null, 0, 0, FAN_OUT_ON_THE_WAY),
            List.of()),
        new ThroughputBenchmark(
            "amqp-topic",
            "Transient messages of 12 B from one publisher through a topic exchange with 10,000 patterns, of which each message matches one, to 10 queues of one connection without acknowledgements; at most 20,000 on the way.",
            new Shape(Topology.TOPIC, SMALL_BYTES, false, null, 0, 0, ON_THE_WAY),
            List.of()),
        new ConfirmLatencyBenchmark(),
        new MemoryBenchmark(MemoryBenchmark.Kind.QUEUES, 10_000),
        new MemoryBenchmark(MemoryBenchmark.Kind.CONNECTIONS, 5_000));
  }

  private static Shape confirmed(@Nullable String queueType) {
    return new Shape(Topology.QUEUE, LARGE_BYTES, true, queueType, WINDOW, PREFETCH, ON_THE_WAY);
  }

  private static List<String> perfTest(String queueType) {
    return List.of(
        "-x",
        "1",
        "-y",
        "1",
        "-s",
        "1024",
        "-f",
        "persistent",
        "-c",
        "2000",
        "-q",
        "1000",
        "-A",
        "100",
        "-ad",
        "false",
        "--queue",
        "perf-test",
        "--queue-args",
        "x-queue-type=" + queueType);
  }
}
