package io.millrace.bench.kafka;

import io.millrace.bench.ProcessUsage;

/**
 * What a stretch of load cost the server.
 *
 * @param records how many records went through
 * @param seconds wall time
 * @param cpuSeconds of the server's process
 */
record Load(long records, double seconds, double cpuSeconds) {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MILLION = 1e6;

  /** A client's work, which returns how many records it moved. */
  @FunctionalInterface
  interface Work {
    long run() throws Exception;
  }

  /** Does the work and takes both times around it. */
  static Load measure(ProcessUsage server, Work work) throws Exception {
    double cpuBefore = server.cpuSeconds();
    long began = System.nanoTime();
    long records = work.run();
    double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
    return new Load(records, seconds, server.cpuSeconds() - cpuBefore);
  }

  double recordsPerSecond() {
    return records / seconds;
  }

  double cpuSecondsPerMillion() {
    return cpuSeconds / records * MILLION;
  }
}
