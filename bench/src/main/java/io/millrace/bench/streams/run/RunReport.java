package io.millrace.bench.streams.run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a run used, by its own process: begun before the job is handed to the engine, and written as
 * one line when the job has ended.
 */
public final class RunReport {

  /** What the line begins with. */
  public static final String PREFIX = "run ";

  private static final double NANOS_PER_SECOND = 1e9;

  private final long startNanos = System.nanoTime();
  private final double startCpuSeconds = cpuSeconds();

  /** Begins to measure. */
  public RunReport() {}

  /** The line of a job that wrote its rows nowhere. */
  public String line() throws IOException {
    return line(new Checksum());
  }

  /** The line of a job that gave its rows to a checksum. */
  public String line(Checksum checksum) throws IOException {
    double cpuSeconds = cpuSeconds() - startCpuSeconds;
    double seconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
    return String.format(
        Locale.ROOT,
        "%s%.3f %.3f %d %.3f %d %s",
        PREFIX,
        seconds,
        cpuSeconds,
        peakKibibytes(),
        secondsToFirstRow(checksum),
        checksum.rows(),
        checksum.text());
  }

  private static double secondsToFirstRow(Checksum checksum) {
    long jvmStart = ManagementFactory.getRuntimeMXBean().getStartTime();
    double uptime = (System.currentTimeMillis() - jvmStart) / 1000.0;
    return checksum.rows() == 0
        ? 0
        : uptime - (System.nanoTime() - checksum.firstNanos()) / NANOS_PER_SECOND;
  }

  private static double cpuSeconds() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / NANOS_PER_SECOND;
  }

  private static long peakKibibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("/proc/self/status has no VmHWM");
  }
}
