package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.HistoryRun.Result;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the smallest history that goes wrong in the way of a given one: leaves out one thing
 * after the other and runs what is left, several times, since how requests interleave is the
 * machine's. What fails is kept and made smaller still.
 */
final class Shrinking {

  private static final int TRIES = 3;

  /** Runs the history of a seed, less what is left out. */
  interface Runner {
    Result run(Reduction reduction) throws Exception;
  }

  private Shrinking() {}

  /** As {@link #smallest(Result, Runner, BooleanSupplier)}, for so long. */
  static Result smallest(Result failed, Runner runner, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    return smallest(failed, runner, () -> System.nanoTime() - end > 0);
  }

  /**
   * The smallest that was found.
   *
   * @param enough asked between two runs
   */
  static Result smallest(Result failed, Runner runner, BooleanSupplier enough) {
    Result smallest = failed;
    Result next = failed;
    while (next != null) {
      smallest = next;
      next = smaller(smallest, runner, enough);
    }
    return smallest;
  }

  private static @Nullable Result smaller(Result than, Runner runner, BooleanSupplier enough) {
    for (Reduction reduction : than.reduction().smaller()) {
      for (int attempt = 0; attempt < TRIES; attempt++) {
        if (enough.getAsBoolean()) {
          return null;
        }
        Result result = run(runner, reduction);
        if (result != null && isAlike(result, than)) {
          return result;
        }
      }
    }
    return null;
  }

  private static boolean isAlike(Result one, Result other) {
    return one.violations().stream()
        .anyMatch(
            violation ->
                other.violations().stream().anyMatch(each -> each.kind() == violation.kind()));
  }

  /** A history that does not end has gone wrong in another way, and says nothing of this one. */
  private static @Nullable Result run(Runner runner, Reduction reduction) {
    try {
      return runner.run(reduction);
    } catch (Exception | AssertionError e) {
      return null;
    }
  }
}
