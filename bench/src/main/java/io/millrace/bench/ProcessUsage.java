package io.millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process has used so far, as Linux counts it under {@code /proc/PID}. */
public final class ProcessUsage {

  /** Ticks a second in {@code /proc/PID/stat}: the kernel's USER_HZ, 100 on every Linux port. */
  private static final double TICKS_PER_SECOND = 100.0;

  private static final int UTIME_FIELD_AFTER_NAME = 11;

  private final Path folder;

  /** Of the process with that id. */
  public ProcessUsage(long pid) {
    this.folder = Path.of("/proc", Long.toString(pid));
  }

  /** CPU seconds, user and system, of all its threads since it began. */
  public double cpuSeconds() {
    String stat = read("stat");
    // The name stands in parentheses and may itself hold spaces, so the fields are counted after
    // it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks =
        Long.parseLong(fields[UTIME_FIELD_AFTER_NAME])
            + Long.parseLong(fields[UTIME_FIELD_AFTER_NAME + 1]);
    return ticks / TICKS_PER_SECOND;
  }

  /** Resident memory now, in MiB. */
  public double residentMebibytes() {
    return statusKibibytes("VmRSS:") / 1024.0;
  }

  /** The most resident memory it ever had, in MiB. */
  public double peakResidentMebibytes() {
    return statusKibibytes("VmHWM:") / 1024.0;
  }

  private long statusKibibytes(String field) {
    return read("status")
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(folder + "/status has no " + field));
  }

  private String read(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException("the process of " + folder + " is gone", e);
    }
  }
}
