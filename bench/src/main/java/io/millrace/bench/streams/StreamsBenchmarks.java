package io.millrace.bench.streams;

import io.millrace.bench.Benchmark;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The comparisons with Apache Flink. */
public final class StreamsBenchmarks {

  private static final double GOAL = 4;

  private StreamsBenchmarks() {}

  /**
   * All of them, in the order in which they are shown.
   *
   * @param root the project's top folder
   */
  public static List<Benchmark> all(Path root) {
    Path scripts = root.resolve("bench/nexmark");
    return Stream.of("q0", "q1", "q2", "q5-counts", "q7-price", "q14", "q22")
        .<Benchmark>map(query -> new NexmarkBenchmark(scripts, query, GOAL))
        .toList();
  }
}
