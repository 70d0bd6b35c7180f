package io.millrace.app.demo;

import io.millrace.app.demo.Results.LateFlight;
import io.millrace.app.demo.Results.Table;
import io.millrace.app.demo.Results.Window;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.utils.Utils;

/**
 * What the job must put out, computed from the whole list of flights at once and by none of the
 * engine's code.
 *
 * <ol>
 *   <li>A flight's partition is what Kafka's default partitioner makes of its origin.
 *   <li>A partition's watermark is the greatest scheduled time it has seen, less the lag; none
 *       before its first flight. A flight is late when it is scheduled at or before the watermark
 *       that its partition had before it.
 *   <li>Every other flight counts in each window [start, end) that holds its scheduled time.
 *   <li>The job's watermark is the least of the partitions'. At the end of the flights the windows
 *       with {@code end - 1 ms} at or below it are complete; the others are still open, in a batch
 *       as in the stream, since nothing says that no earlier flight will be reported.
 * </ol>
 *
 * @param complete the windows that must be in the topics, and the late flights
 * @param open how many windows wait for flights that are not in the file
 * @param watermark the job's watermark after the last flight; empty while a partition has none
 */
record BatchComputation(Results complete, int open, OptionalLong watermark) {

  /**
   * Computes all results.
   *
   * @param flights in the order in which they are sent
   * @param lag how far a partition's watermark stays behind
   * @param partitions of the topic
   */
  static BatchComputation of(List<Flight> flights, Duration lag, int partitions) {
    OptionalLong[] watermarks = new OptionalLong[partitions];
    Arrays.fill(watermarks, OptionalLong.empty());
    List<Flight> onTime = new ArrayList<>();
    List<LateFlight> late = new ArrayList<>();
    for (Flight flight : flights) {
      int partition = partitionOf(flight.origin(), partitions);
      long scheduled = SqlTimestamp.millis(flight.scheduled());
      OptionalLong before = watermarks[partition];
      if (before.isPresent() && scheduled <= before.getAsLong()) {
        late.add(
            new LateFlight(
                flight.origin(),
                flight.destination(),
                scheduled,
                flight.delay(),
                before.getAsLong()));
      } else {
        onTime.add(flight);
      }
      long own = scheduled - lag.toMillis();
      watermarks[partition] = OptionalLong.of(Math.max(before.orElse(own), own));
    }
    OptionalLong watermark = least(watermarks);
    List<Window> all = new ArrayList<>();
    for (Table table : Table.values()) {
      all.addAll(windows(table, onTime));
    }
    List<Window> complete =
        all.stream()
            .filter(w -> watermark.isPresent() && w.end() - 1 <= watermark.getAsLong())
            .toList();
    return new BatchComputation(
        new Results(complete, List.copyOf(late)), all.size() - complete.size(), watermark);
  }

  /** The partition that Kafka's default partitioner chooses for a key. */
  static int partitionOf(String key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
  }

  private static OptionalLong least(OptionalLong[] watermarks) {
    if (Arrays.stream(watermarks).anyMatch(OptionalLong::isEmpty)) {
      return OptionalLong.empty();
    }
    return Arrays.stream(watermarks).mapToLong(OptionalLong::getAsLong).min();
  }

  private record Group(String origin, long start) {}

  private static List<Window> windows(Table table, List<Flight> flights) {
    Map<Group, List<Integer>> delays = new HashMap<>();
    for (Flight flight : flights) {
      long scheduled = SqlTimestamp.millis(flight.scheduled());
      long last = Math.floorDiv(scheduled, table.slideMillis()) * table.slideMillis();
      for (long start = last;
          start > scheduled - table.sizeMillis();
          start -= table.slideMillis()) {
        delays
            .computeIfAbsent(new Group(flight.origin(), start), group -> new ArrayList<>())
            .add(flight.delay());
      }
    }
    List<Window> windows = new ArrayList<>();
    delays.forEach(
        (group, values) ->
            windows.add(
                new Window(
                    table,
                    group.origin(),
                    group.start(),
                    group.start() + table.sizeMillis(),
                    values.size(),
                    values.stream().mapToInt(Integer::intValue).average().orElseThrow(),
                    table.hasPercentile() ? percentile(values, 0.95) : Double.NaN)));
    windows.sort(Comparator.comparingLong(Window::end).thenComparing(Window::origin));
    return windows;
  }

  /** The value at position fraction * (n - 1) of the sorted values, between neighbours linear. */
  static double percentile(List<Integer> values, double fraction) {
    List<Integer> sorted = values.stream().sorted().toList();
    double position = fraction * (sorted.size() - 1);
    int below = (int) Math.floor(position);
    int above = (int) Math.ceil(position);
    return sorted.get(below) + (position - below) * (sorted.get(above) - sorted.get(below));
  }
}
