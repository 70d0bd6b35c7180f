package io.millrace.bench;

import java.nio.file.Path;

/** One comparison: what it measures, what is better, and one round of it. */
public interface Benchmark {

  /** Its name on the command line. */
  String name();

  /** One sentence: what is measured, by which client, under which load. */
  String measures();

  /** The unit of {@link Measurement#value}. */
  String unit();

  /** True where a larger value is better. */
  default boolean higherIsBetter() {
    return false;
  }

  /** How many times better than the peer Millrace shall be. */
  double goalRatio();

  /**
   * Runs one round: starts the contestant, loads it, measures, and stops it.
   *
   * @param folder empty; the round's own, deleted after it
   * @param quick a short round that shows that it works, with figures of no weight
   */
  Measurement round(Contestant contestant, Path folder, boolean quick) throws Exception;
}
