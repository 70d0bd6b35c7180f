package io.millrace.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.demo.Results.LateFlight;
import io.millrace.app.demo.Results.Table;
import io.millrace.app.demo.Results.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The check finds whatever is wrong, and nothing else. */
class BatchCheckTest {

  private static final Window ROW =
      new Window(Table.DEPARTURES, "SFO", 0, 3_600_000, 3, 1.0 / 3, 9.2);
  private static final Window OTHER =
      new Window(Table.DELAYS, "SFO", 0, 10_800_000, 1, 5, Double.NaN);
  private static final LateFlight LATE = new LateFlight("SFO", "JFK", 60_000, 45, 120_000);

  @Test
  void acceptsTheSameRowsInAnyOrder() {
    assertThat(check(List.of(ROW, OTHER), List.of(LATE), List.of(OTHER, ROW), List.of(LATE)))
        .isEmpty();
  }

  @Test
  void acceptsAMeanThatDiffersByTheOrderOfItsSum() {
    assertThat(windows(ROW, changed(3, ROW.meanDelay() + 1e-12, 9.2))).isEmpty();
  }

  @Test
  void findsAMissingRow() {
    assertThat(check(List.of(ROW), List.of(), List.of(), List.of()))
        .singleElement()
        .asString()
        .startsWith("departures SFO 1970-01-01 00:00:00 is missing");
  }

  @Test
  void findsARowTooMany() {
    assertThat(check(List.of(), List.of(), List.of(ROW), List.of()))
        .singleElement()
        .asString()
        .contains("must not be");
  }

  @Test
  void findsARowThatIsThereTwice() {
    assertThat(check(List.of(ROW), List.of(), List.of(ROW, ROW), List.of()))
        .containsExactly("departures SFO 1970-01-01 00:00:00 is there twice");
  }

  @Test
  void findsAWrongCountMeanOrPercentile() {
    assertThat(windows(ROW, changed(4, ROW.meanDelay(), 9.2))).hasSize(1);
    assertThat(windows(ROW, changed(3, ROW.meanDelay() + 1e-6, 9.2))).hasSize(1);
    assertThat(windows(ROW, changed(3, ROW.meanDelay(), 9.3))).hasSize(1);
    assertThat(windows(ROW, changed(3, Double.NaN, 9.2))).hasSize(1);
  }

  @Test
  void findsALateFlightThatIsMissingOrThereTwice() {
    assertThat(check(List.of(), List.of(LATE), List.of(), List.of()))
        .first()
        .isEqualTo("0 late flights, and must be 1");
    assertThat(check(List.of(), List.of(LATE), List.of(), List.of(LATE, LATE)))
        .first()
        .isEqualTo("2 late flights, and must be 1");
  }

  private static Window changed(long departures, double mean, double p95) {
    return new Window(ROW.table(), ROW.origin(), ROW.start(), ROW.end(), departures, mean, p95);
  }

  private static List<String> windows(Window expected, Window actual) {
    return check(List.of(expected), List.of(), List.of(actual), List.of());
  }

  private static List<String> check(
      List<Window> expected,
      List<LateFlight> expectedLate,
      List<Window> actual,
      List<LateFlight> actualLate) {
    return BatchCheck.compare(new Results(expected, expectedLate), new Results(actual, actualLate))
        .differences();
  }
}
