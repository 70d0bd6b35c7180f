package io.millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.millrace.bench.kafka.SpreadLoad;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The command {@code bench/partition-sweep}: what a million records cost a node, to take and to
 * give, that has 1 to 10,000 partitions, each of which has its turn. Keeps the figures in {@code
 * bench/results/partition-sweep.json}, and draws them for the docs.
 */
public final class PartitionSweep {

  private static final List<Integer> COUNTS = List.of(1, 10, 100, 1000, 10_000);
  private static final int WIDTH = 640;
  private static final int HEIGHT = 320;
  private static final int MARGIN = 60;

  /** One point of the plot. */
  record Point(int partitions, SpreadLoad.Costs cpuSecondsPerMillion, double residentMebibytes) {}

  /** What is kept. */
  record Sweep(String date, String machine, long recordsPerPoint, List<Point> points) {}

  private PartitionSweep() {}

  /** Takes the number of records a point, in millions; the project's folder is a property. */
  public static void main(String[] arguments) throws Exception {
    Path root = Path.of(System.getProperty("millrace.root", ".")).toAbsolutePath().normalize();
    long records = 1_000_000L * (arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]));
    Millrace millrace = new Millrace(root);
    millrace.prepare();
    List<Point> points = new ArrayList<>();
    for (int count : COUNTS) {
      Point point = measure(millrace, count, records);
      points.add(point);
      System.out.printf(
          Locale.ROOT,
          "%6d partitions: %.3f CPU-s per million records written, %.3f read, %.0f MiB%n",
          count,
          point.cpuSecondsPerMillion().produce(),
          point.cpuSecondsPerMillion().consume(),
          point.residentMebibytes());
    }
    Sweep sweep =
        new Sweep(LocalDate.now(ZoneOffset.UTC).toString(), Machine.describe(), records, points);
    Path results = root.resolve("bench/results");
    Files.createDirectories(results);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(results.resolve("partition-sweep.json").toFile(), sweep);
    Files.writeString(root.resolve("docs/images/cost-by-partitions.svg"), plot(sweep));
    System.exit(0);
  }

  private static Point measure(Millrace millrace, int count, long records) throws Exception {
    Path folder = Files.createTempDirectory("millrace-sweep-");
    try (Server server = millrace.start(folder)) {
      SpreadLoad.Costs costs = SpreadLoad.measure(server, count, records);
      return new Point(count, costs, server.usage().residentMebibytes());
    } finally {
      Folders.delete(folder);
    }
  }

  /** Two lines over a logarithmic axis of partitions; the other axis begins at 0. */
  static String plot(Sweep sweep) {
    double most =
        1.25
            * sweep.points().stream()
                .map(Point::cpuSecondsPerMillion)
                .mapToDouble(costs -> Math.max(costs.produce(), costs.consume()))
                .max()
                .orElse(1);
    StringBuilder counts = new StringBuilder();
    for (Point point : sweep.points()) {
      counts.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,d</text>%n",
              x(point),
              HEIGHT - MARGIN + 20,
              point.partitions()));
    }
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
        <rect width="%1$d" height="%2$d" fill="white"/>
        <text x="%3$d" y="25" font-size="14">Broker CPU seconds per million records of 100 B, by partitions on the node</text>
        <line x1="%3$d" y1="%4$d" x2="%5$d" y2="%4$d" stroke="#888"/>
        <line x1="%3$d" y1="%3$d" x2="%3$d" y2="%4$d" stroke="#888"/>
        <text x="%6$d" y="%7$d" text-anchor="middle">partitions, each of which has its turn (logarithmic)</text>
        <text x="%8$d" y="%9$d" text-anchor="end">0</text>
        %10$s%11$s%12$s</svg>
        """
        .formatted(
            WIDTH,
            HEIGHT,
            MARGIN,
            HEIGHT - MARGIN,
            WIDTH - MARGIN,
            WIDTH / 2,
            HEIGHT - 15,
            MARGIN - 6,
            HEIGHT - MARGIN + 4,
            line(sweep, "written", "#0b6e99", most, costs -> costs.produce()),
            line(sweep, "read", "#b35900", most, costs -> costs.consume()),
            counts);
  }

  private static double x(Point point) {
    return MARGIN + Math.log10(point.partitions()) / 4 * (WIDTH - 2 * MARGIN);
  }

  private static String line(
      Sweep sweep,
      String name,
      String colour,
      double most,
      ToDoubleFunction<SpreadLoad.Costs> cost) {
    StringBuilder line = new StringBuilder();
    StringBuilder marks = new StringBuilder();
    double y = 0;
    for (Point point : sweep.points()) {
      double value = cost.applyAsDouble(point.cpuSecondsPerMillion());
      y = HEIGHT - MARGIN - value / most * (HEIGHT - 2 * MARGIN);
      line.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point), y));
      marks.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%1$.1f\" cy=\"%2$.1f\" r=\"4\" fill=\"%5$s\"/>%n"
                  + "<text x=\"%1$.1f\" y=\"%3$.1f\" text-anchor=\"middle\">%4$.2f</text>%n",
              x(point),
              y,
              y - 10,
              value,
              colour));
    }
    return String.format(
        Locale.ROOT,
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n%s"
            + "<text x=\"%d\" y=\"%.1f\" fill=\"%s\">%s</text>%n",
        line.toString().strip(),
        colour,
        marks,
        WIDTH - MARGIN + 8,
        y + 4,
        colour,
        name);
  }
}
