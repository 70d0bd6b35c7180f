package io.millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The figures that the project shows: the last recorded comparison of each benchmark as {@code
 * results/NAME.json}, and {@code RESULTS.md}, which is written anew from all of them.
 */
final class ResultBook {

  private record Entry(String date, String machine, Comparison comparison) {}

  private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private final Path folder;
  private final List<Benchmark> benchmarks;

  /** Kept in that folder; benchmarks are shown in the order of the list. */
  ResultBook(Path folder, List<Benchmark> benchmarks) {
    this.folder = folder;
    this.benchmarks = benchmarks;
  }

  /** Keeps a comparison in place of the benchmark's former one. */
  void record(Comparison comparison) throws IOException {
    Files.createDirectories(folder.resolve("results"));
    Entry entry =
        new Entry(LocalDate.now(ZoneOffset.UTC).toString(), Machine.describe(), comparison);
    json.writeValue(file(comparison.name()).toFile(), entry);
    Files.writeString(folder.resolve("RESULTS.md"), page());
  }

  private Path file(String name) {
    return folder.resolve("results").resolve(name + ".json");
  }

  private String page() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            # Results

            Each row is `bench/compare NAME --record` on one machine in one run: the peer and Millrace in turn, the same
            client. Figures are medians over the rounds, the range in brackets. A ratio above 1 means that Millrace is better.

            | benchmark | unit | peer | Millrace | ratio | goal |
            |---|---|---|---|---|---|
            """);
    StringBuilder details = new StringBuilder();
    for (Benchmark benchmark : benchmarks) {
      Path file = file(benchmark.name());
      if (!Files.exists(file)) {
        continue;
      }
      Entry entry = json.readValue(file.toFile(), Entry.class);
      Comparison comparison = entry.comparison();
      page.append(
          String.format(
              Locale.ROOT,
              "| `%s` | %s | %s | %s | **%.2f** | %.1f%s |%n",
              comparison.name(),
              comparison.unit(),
              cell(comparison.peer()),
              cell(comparison.millrace()),
              comparison.ratio(),
              comparison.goalRatio(),
              comparison.ratio() < comparison.goalRatio() ? ", missed" : ""));
      details.append(details(benchmark, entry));
    }
    return page.append(details).toString();
  }

  private static String cell(Score score) {
    return String.format(
        Locale.ROOT, "%.3f (%.3f – %.3f)", score.median(), score.min(), score.max());
  }

  private static String details(Benchmark benchmark, Entry entry) {
    Comparison comparison = entry.comparison();
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                """

                ## %s
                %s %d rounds, %s, %s.

                | | %s %s | Millrace %s |
                |---|---|---|
                | CPU of the server's process, s | %.2f | %.2f |
                | resident memory at the end, MiB | %.0f | %.0f |
                """,
                benchmark.name(),
                benchmark.measures(),
                comparison.rounds(),
                entry.date(),
                entry.machine(),
                comparison.peer().name(),
                comparison.peer().version(),
                comparison.millrace().version(),
                comparison.peer().cpuSeconds(),
                comparison.millrace().cpuSeconds(),
                comparison.peer().residentMebibytes(),
                comparison.millrace().residentMebibytes()));
    for (Map.Entry<String, Double> detail : comparison.peer().details().entrySet()) {
      Double ofMillrace = comparison.millrace().details().get(detail.getKey());
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %,.3f | %s |%n",
              detail.getKey(),
              detail.getValue(),
              ofMillrace == null ? "–" : String.format(Locale.ROOT, "%,.3f", ofMillrace)));
    }
    return text.toString();
  }
}
