package io.millrace.app.demo;

import io.millrace.app.demo.Results.LateFlight;
import io.millrace.app.demo.Results.Table;
import io.millrace.app.demo.Results.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares what is in the result topics with what must be: every row that is expected is there
 * once, with its count exact and its mean and percentile within {@value #TOLERANCE} of the value,
 * the same flights are in the side topic, and nothing else is anywhere.
 *
 * @param differences in words, the first {@value #MOST_DIFFERENCES}; empty when all is right
 */
record BatchCheck(List<String> differences) {

  /** How far a mean may be off by the order of its sum, as a part of the value. */
  static final double TOLERANCE = 1e-9;

  private static final int MOST_DIFFERENCES = 20;

  boolean correct() {
    return differences.isEmpty();
  }

  static BatchCheck compare(Results expected, Results actual) {
    Differences differences = new Differences();
    compareWindows(expected.windows(), actual.windows(), differences);
    compareLate(expected.late(), actual.late(), differences);
    return new BatchCheck(List.copyOf(differences.texts));
  }

  private record Key(Table table, String origin, long start) {

    static Key of(Window window) {
      return new Key(window.table(), window.origin(), window.start());
    }

    @Override
    public String toString() {
      return table.topic() + " " + origin + " " + SqlTimestamp.format(start);
    }
  }

  private static void compareWindows(
      List<Window> expected, List<Window> actual, Differences differences) {
    Map<Key, Window> missing = new LinkedHashMap<>();
    expected.forEach(window -> missing.put(Key.of(window), window));
    Map<Key, Window> seen = new HashMap<>();
    for (Window window : actual) {
      Key key = Key.of(window);
      if (seen.put(key, window) != null) {
        differences.add(key + " is there twice");
        continue;
      }
      Window wanted = missing.remove(key);
      if (wanted == null) {
        differences.add(key + " is there, and must not be: " + window);
      } else if (!equal(wanted, window)) {
        differences.add(key + " is " + window + ", and must be " + wanted);
      }
    }
    missing.forEach((key, window) -> differences.add(key + " is missing: " + window));
  }

  private static boolean equal(Window a, Window b) {
    return a.end() == b.end()
        && a.departures() == b.departures()
        && close(a.meanDelay(), b.meanDelay())
        && (!a.table().hasPercentile() || close(a.p95Delay(), b.p95Delay()));
  }

  private static boolean close(double a, double b) {
    return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a));
  }

  private static void compareLate(
      List<LateFlight> expected, List<LateFlight> actual, Differences differences) {
    if (expected.size() != actual.size()) {
      differences.add(actual.size() + " late flights, and must be " + expected.size());
    }
    Map<LateFlight, Integer> balance = new LinkedHashMap<>();
    expected.forEach(flight -> balance.merge(flight, 1, Integer::sum));
    actual.forEach(flight -> balance.merge(flight, -1, Integer::sum));
    balance.forEach(
        (flight, count) -> {
          if (count != 0) {
            differences.add(flight + (count > 0 ? " is missing" : " is there, and must not be"));
          }
        });
  }

  private static final class Differences {

    private final List<String> texts = new ArrayList<>();

    void add(String text) {
      if (texts.size() < MOST_DIFFERENCES) {
        texts.add(text);
      }
    }
  }
}
