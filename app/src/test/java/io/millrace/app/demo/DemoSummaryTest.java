package io.millrace.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.demo.DemoSummary.Edge;
import io.millrace.app.demo.DemoSummary.Percentiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What people and scripts are told. */
class DemoSummaryTest {

  @Test
  void saysThatItIsCorrectWhenThereIsNoDifference() {
    DemoSummary summary = summary(List.of());

    assertThat(summary.json()).containsEntry("correct", true).doesNotContainKey("differences");
    assertThat(summary.lines()).anyMatch(line -> line.matches("  Correct +yes: .*"));
  }

  @Test
  void saysWhatIsDifferentWhenItIsNotCorrect() {
    DemoSummary summary = summary(List.of("departures SFO is missing"));

    assertThat(summary.json())
        .containsEntry("correct", false)
        .containsEntry("differences", List.of("departures SFO is missing"));
    assertThat(summary.lines())
        .anyMatch(line -> line.matches("  Correct +NO"))
        .contains("    departures SFO is missing");
  }

  @Test
  void roundsItsFigures() {
    Map<String, Object> json = summary(List.of()).json();

    assertThat(json)
        .containsEntry("events_per_second", 800.13)
        .containsEntry("result_latency_ms", Map.of("p50", 1.0, "p99", 12.35))
        .containsEntry("memory_mb", 400L);
    assertThat(json.get("edge"))
        .isEqualTo(
            Map.of(
                "answers", 1000L,
                "hit_ratio", 0.9877,
                "origin_fetches", 30L,
                "objects", 12L,
                "origin_fetches_per_object", 2.5,
                "events_delivered", 9L));
  }

  @Test
  void hasNoFetchesPerObjectWithoutObjects() {
    assertThat(new Edge(0, 0, 0, 0, 0).originFetchesPerObject()).isZero();
  }

  private static DemoSummary summary(List<String> differences) {
    return new DemoSummary(
        20_000,
        800.1266,
        25,
        30,
        64_128,
        218,
        1_473,
        new Percentiles(1, 12.3456),
        new Percentiles(2, 20),
        new ViewerCrowd.Figures(500, 900, 100, 7, 0, 1.5, 9),
        new Edge(1000, 0.98765, 30, 12, 9),
        400,
        differences);
  }
}
