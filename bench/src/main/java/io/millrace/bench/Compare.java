package io.millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.millrace.bench.amqp.AmqpBenchmarks;
import io.millrace.bench.kafka.KafkaBenchmarks;
import io.millrace.bench.streams.FlinkEngine;
import io.millrace.bench.streams.MillraceEngine;
import io.millrace.bench.streams.StreamsBenchmarks;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code bench/compare}. */
@Command(
    name = "bench/compare",
    mixinStandardHelpOptions = true,
    version = "0.1.0",
    description =
        "Runs a peer and Millrace in turn under the same client on this machine, and prints both"
            + " medians and their ratio.",
    footer = {
      "",
      "Examples:",
      "  bench/compare --list",
      "  bench/compare kafka-produce-100b",
      "  bench/compare kafka-start --quick --json",
      "",
      "Exit codes: 0 measured, 1 a contestant failed, 2 wrong usage."
    })
public final class Compare implements Callable<Integer> {

  private static final List<Benchmark> AMQP = AmqpBenchmarks.all();
  private static final List<Benchmark> KAFKA = KafkaBenchmarks.all();

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "What to compare; see --list.")
  @Nullable String name;

  @Option(names = "--list", description = "Prints the names, what each measures, and its goal.")
  boolean list;

  @Option(names = "--quick", description = "One short round, to see that it works.")
  boolean quick;

  @Option(
      names = "--rounds",
      description = "Rounds of each contestant (default: ${DEFAULT-VALUE}).")
  int rounds = 3;

  @Option(names = "--json", description = "Prints one JSON object; progress goes to stderr.")
  boolean json;

  @Option(names = "--record", description = "Keeps the result in bench/results and RESULTS.md.")
  boolean record;

  @Option(
      names = "--flink-java",
      paramLabel = "FILE",
      description =
          "The java command that runs Flink, of a release that it supports (default:"
              + " ${DEFAULT-VALUE}).")
  String flinkJava = "/usr/lib/jvm/java-17-openjdk-amd64/bin/java";

  private final Path root;
  private final List<Benchmark> streams;
  private final List<Benchmark> benchmarks;

  Compare(Path root) {
    this.root = root;
    streams = StreamsBenchmarks.all(root);
    benchmarks = Stream.of(KAFKA, AMQP, streams).flatMap(List::stream).toList();
  }

  /** Run by the script, which passes the project's top folder as {@code millrace.root}. */
  public static void main(String[] arguments) {
    Path root = Path.of(System.getProperty("millrace.root", ".")).toAbsolutePath().normalize();
    CommandLine command = new CommandLine(new Compare(root));
    command.setExecutionExceptionHandler(
        (failure, line, parsed) -> {
          line.getErr().println("bench/compare: " + failure.getMessage());
          return CommandLine.ExitCode.SOFTWARE;
        });
    System.exit(command.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (list) {
      benchmarks.forEach(this::describe);
      return CommandLine.ExitCode.OK;
    }
    Benchmark benchmark =
        benchmarks.stream().filter(one -> one.name().equals(name)).findFirst().orElse(null);
    if (benchmark == null) {
      System.err.println(
          "bench/compare: "
              + (name == null ? "name a benchmark" : "there is no benchmark " + name)
              + "; one of: "
              + benchmarks.stream().map(Benchmark::name).collect(Collectors.joining(", ")));
      return CommandLine.ExitCode.USAGE;
    }
    PrintStream progress = json ? System.err : System.out;
    Comparison comparison =
        Comparison.run(
            benchmark,
            peer(benchmark),
            streams.contains(benchmark)
                ? new MillraceEngine(java(), System.getProperty("java.class.path"))
                : new Millrace(root),
            quick ? 1 : rounds,
            quick,
            progress);
    if (record) {
      new ResultBook(root.resolve("bench"), benchmarks).record(comparison);
    }
    System.out.println(
        json
            ? new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(comparison)
            : summary(comparison));
    return CommandLine.ExitCode.OK;
  }

  private Contestant peer(Benchmark benchmark) {
    if (AMQP.contains(benchmark)) {
      return new RabbitMq(root);
    }
    return streams.contains(benchmark)
        ? new FlinkEngine(root, flinkJava)
        : new ApacheKafka(root, java());
  }

  private static String java() {
    return ProcessHandle.current().info().command().orElse("java");
  }

  private void describe(Benchmark benchmark) {
    System.out.printf(
        Locale.ROOT,
        "%-24s %s%n%-24s in %s; goal: %.1f times better than the peer%n",
        benchmark.name(),
        benchmark.measures(),
        "",
        benchmark.unit(),
        benchmark.goalRatio());
  }

  private static String summary(Comparison comparison) {
    return line(comparison.peer(), comparison.unit())
        + line(comparison.millrace(), comparison.unit())
        + String.format(
            Locale.ROOT,
            "Millrace is %.2f times %s (goal %.1f), medians of %d round(s).",
            comparison.ratio(),
            comparison.ratio() >= 1 ? "better" : "as good",
            comparison.goalRatio(),
            comparison.rounds());
  }

  private static String line(Score score, String unit) {
    return String.format(
        Locale.ROOT,
        "%-14s %-16s %10.3f %s (%.3f to %.3f), %.2f CPU-s, %.0f MiB %s%n",
        score.name(),
        score.version(),
        score.median(),
        unit,
        score.min(),
        score.max(),
        score.cpuSeconds(),
        score.residentMebibytes(),
        score.details());
  }
}
