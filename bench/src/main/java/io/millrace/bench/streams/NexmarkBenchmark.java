package io.millrace.bench.streams;

import io.millrace.bench.Benchmark;
import io.millrace.bench.Contestant;
import io.millrace.bench.Measurement;
import io.millrace.bench.streams.run.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One Nexmark query. Each round runs it twice in processes of their own: over a few events with the
 * rows given back, whose number and checksum have to be those of every other run; and over many,
 * after a warm-up in the same process, with the rows dropped.
 */
final class NexmarkBenchmark implements Benchmark {

  private static final long EVENTS = 20_000_000;
  private static final long QUICK_EVENTS = 2_000_000;
  private static final long CHECKED_EVENTS = 500_000;
  private static final long WARM_UP_EVENTS = 2_000_000;
  private static final double MILLION = 1e6;
  private static final double KIBIBYTES_PER_MEBIBYTE = 1024.0;

  private final Path scripts;
  private final String query;
  private final double goalRatio;
  private final Map<String, String> rowsOf = new HashMap<>();

  /**
   * @param scripts {@code bench/nexmark}
   * @param query the name of a script there, such as {@code q0}
   */
  NexmarkBenchmark(Path scripts, String query, double goalRatio) {
    this.scripts = scripts;
    this.query = query;
    this.goalRatio = goalRatio;
  }

  @Override
  public String name() {
    return "streams-" + query;
  }

  @Override
  public String measures() {
    return ("CPU time of the process for a million Nexmark events through query %s, the same generator in both engines, %d"
            + " million events after a warm-up; equal rows are checked first.")
        .formatted(query, EVENTS / 1_000_000);
  }

  @Override
  public String unit() {
    return "CPU-s per million events";
  }

  @Override
  public double goalRatio() {
    return goalRatio;
  }

  @Override
  public Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception {
    if (!(contestant instanceof SqlEngine engine)) {
      throw new IllegalArgumentException(contestant.name() + " runs no SQL");
    }
    Figures checked = run(engine, folder.resolve("checked"), CHECKED_EVENTS, true);
    requireSameRows(engine, checked);
    long events = quick ? QUICK_EVENTS : EVENTS;
    Figures measured = run(engine, folder.resolve("measured"), events, false);
    Map<String, Double> details = new LinkedHashMap<>();
    details.put("events/s", events / measured.seconds());
    details.put("peak resident memory, MiB", measured.peakMebibytes());
    details.put("start of the process to its first row, s", checked.secondsToFirstRow());
    details.put("rows out of %d events".formatted(CHECKED_EVENTS), (double) checked.rows());
    return new Measurement(
        measured.cpuSeconds() / (events / MILLION),
        measured.cpuSeconds(),
        measured.peakMebibytes(),
        details);
  }

  private void requireSameRows(SqlEngine engine, Figures figures) {
    String rows = figures.rows() + " rows with checksum " + figures.checksum();
    rowsOf.put(engine.name(), rows);
    if (rowsOf.values().stream().distinct().count() > 1) {
      throw new IllegalStateException(query + " gives different rows: " + rowsOf);
    }
  }

  private Figures run(SqlEngine engine, Path folder, long events, boolean rowsComeBack)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path script = script(folder.resolve("query.sql"), events, rowsComeBack);
    List<Path> before =
        rowsComeBack
            ? List.of()
            : List.of(script(folder.resolve("warm-up.sql"), WARM_UP_EVENTS, false));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(engine.command(script, folder.resolve("data"), before))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Thread ends = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(ends);
    int exit = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(ends);
    List<String> lines = Files.readAllLines(output);
    return lines.stream()
        .filter(line -> line.startsWith(RunReport.PREFIX))
        .findFirst()
        .map(Figures::parse)
        .orElseThrow(
            () ->
                new IOException(
                    engine.name() + " ended with " + exit + ":\n" + String.join("\n", lines)));
  }

  /** The tables, and the query: alone, or into a table that drops its rows. */
  private Path script(Path file, long events, boolean rowsComeBack) throws IOException {
    String text = Files.readString(scripts.resolve(query + ".sql")).strip();
    String tables =
        Files.readString(scripts.resolve("tables.sql")).replace("${EVENTS}", Long.toString(events));
    int from = text.indexOf("INSERT INTO");
    String statement =
        rowsComeBack ? text.substring(text.indexOf("SELECT", from)) : text.substring(from);
    return Files.writeString(
        file, tables + (rowsComeBack ? "" : text.substring(0, from)) + statement + "\n");
  }

  /** What a {@link RunReport} says. */
  private record Figures(
      double seconds,
      double cpuSeconds,
      double peakMebibytes,
      double secondsToFirstRow,
      long rows,
      String checksum) {

    static Figures parse(String line) {
      String[] words = line.substring(RunReport.PREFIX.length()).split(" ", -1);
      return new Figures(
          Double.parseDouble(words[0]),
          Double.parseDouble(words[1]),
          Long.parseLong(words[2]) / KIBIBYTES_PER_MEBIBYTE,
          Double.parseDouble(words[3]),
          Long.parseLong(words[4]),
          words[5]);
    }
  }
}
