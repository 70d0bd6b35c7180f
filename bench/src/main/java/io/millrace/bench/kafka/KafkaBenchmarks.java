package io.millrace.bench.kafka;

import io.millrace.bench.Benchmark;
import java.util.List;

/** The comparisons with Apache Kafka. */
public final class KafkaBenchmarks {

  private static final int SMALL_RECORD_BYTES = 100;
  private static final int LARGE_RECORD_BYTES = 1024;

  private KafkaBenchmarks() {}

  /** All of them, in the order in which they are shown. */
  public static List<Benchmark> all() {
    return List.of(
        new ProduceBenchmark("kafka-produce-100b", SMALL_RECORD_BYTES, 1, "1", 5_000_000),
        new ProduceBenchmark("kafka-produce-1k", LARGE_RECORD_BYTES, 6, "all", 1_000_000),
        new ConsumeBenchmark("kafka-consume-1k", LARGE_RECORD_BYTES, 6, 1_000_000),
        new LatencyBenchmark("kafka-latency", 20_000, 2),
        new LatencyBenchmark("kafka-latency-100k", 100_000, 2),
        new StartBenchmark(),
        new PartitionsBenchmark(PartitionsBenchmark.Figure.CREATE),
        new PartitionsBenchmark(PartitionsBenchmark.Figure.RESTART),
        new PartitionsBenchmark(PartitionsBenchmark.Figure.IDLE),
        new RebalanceBenchmark(),
        new TransactionsBenchmark());
  }
}
