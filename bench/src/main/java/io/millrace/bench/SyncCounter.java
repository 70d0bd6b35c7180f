package io.millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often a server asks the kernel to force a file to disk ({@code fsync}, {@code
 * fdatasync}), by {@code strace}. Only those calls stop for it (a seccomp filter lets all others
 * pass), so it hardly slows the server down. Counts nothing where there is no strace.
 */
public final class SyncCounter {

  private static final Path STRACE = Path.of("/usr/bin/strace");

  private final @Nullable Path trace;

  private SyncCounter(@Nullable Path trace) {
    this.trace = trace;
  }

  /** Does not count. */
  public static SyncCounter none() {
    return new SyncCounter(null);
  }

  /** Counts, where it can, with a file in the round's folder. */
  public static SyncCounter in(Path folder) {
    return new SyncCounter(Files.isExecutable(STRACE) ? folder.resolve("syncs.trace") : null);
  }

  /**
   * The command with which the server is counted: strace runs beside it, and the process that is
   * started becomes the server's.
   */
  List<String> counted(List<String> command) {
    Path file = trace;
    if (file == null) {
      return command;
    }
    List<String> counted =
        new ArrayList<>(
            List.of(
                STRACE.toString(),
                "-D",
                "-f",
                "--seccomp-bpf",
                "-qq",
                "-e",
                "trace=fsync,fdatasync",
                "-e",
                "signal=none",
                "-o",
                file.toString()));
    counted.addAll(command);
    return counted;
  }

  /** Whether {@link #count} means anything. */
  public boolean counts() {
    return trace != null;
  }

  /** How many there were since the server was started. */
  public long count() {
    Path file = trace;
    if (file == null || !Files.exists(file)) {
      return 0;
    }
    // A call that others come between has a second line, without the parenthesis, when it returns.
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> line.contains("sync(")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
