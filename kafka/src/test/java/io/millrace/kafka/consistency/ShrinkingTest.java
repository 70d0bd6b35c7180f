package io.millrace.kafka.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.consistency.HistoryRun.Kind;
import io.millrace.kafka.consistency.HistoryRun.Result;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Of a history that goes wrong, what has nothing to do with that is left out. */
class ShrinkingTest {

  private static final Reduction WHOLE = Reduction.NONE.of(5, 3);

  private static Result result(Reduction reduction, boolean wrong, Violation.Kind kind) {
    return new Result(
        7,
        Kind.WIRE,
        reduction,
        List.of(),
        wrong ? List.of(new Violation(kind, "it went wrong")) : List.of());
  }

  private static Result smallest(Predicate<Reduction> wrong) {
    return Shrinking.smallest(
        result(WHOLE, true, Violation.Kind.LOST),
        reduction -> result(reduction, wrong.test(reduction), Violation.Kind.LOST),
        () -> false);
  }

  @Test
  void onlyWhatItTakesIsLeft() {
    Result found =
        smallest(
            reduction ->
                !reduction.without().contains(1)
                    && !reduction.without().contains(3)
                    && reduction.crashes() >= 1
                    && reduction.batchesPercent() >= 40);
    assertThat(found.reduction()).isEqualTo(new Reduction(5, Set.of(0, 2, 4), 1, 50));
  }

  @Test
  void whatGoesWrongInAnotherWayIsNotTakenForIt() {
    Result found =
        Shrinking.smallest(
            result(WHOLE, true, Violation.Kind.LOST),
            reduction -> result(reduction, true, Violation.Kind.REORDERED),
            () -> false);
    assertThat(found.reduction()).isEqualTo(WHOLE);
  }

  @Test
  void whatFailsNowAndThenIsTriedAgain() {
    AtomicInteger runs = new AtomicInteger();
    Result found = smallest(reduction -> runs.incrementAndGet() % 3 == 0);
    assertThat(found.reduction().without()).hasSize(4);
    assertThat(found.reduction().crashes()).isZero();
  }

  @Test
  void itEndsWhenThereIsNoMoreTime() {
    Result found =
        Shrinking.smallest(
            result(WHOLE, true, Violation.Kind.LOST),
            reduction -> result(reduction, true, Violation.Kind.LOST),
            () -> true);
    assertThat(found.reduction()).isEqualTo(WHOLE);
  }
}
