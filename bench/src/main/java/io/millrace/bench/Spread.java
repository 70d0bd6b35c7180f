package io.millrace.bench;

import java.util.Arrays;
import java.util.Collection;

/** The middle and the ends of some figures. */
public record Spread(double median, double min, double max) {

  /** Of at least one figure. The median of an even number is the mean of the middle two. */
  public static Spread of(Collection<Double> figures) {
    double[] sorted = figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("a spread needs at least one figure");
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], Arrays.stream(sorted).max().getAsDouble());
  }
}
