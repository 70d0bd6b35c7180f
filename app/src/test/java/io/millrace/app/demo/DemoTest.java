package io.millrace.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 20,000 flights through Kafka, SQL and the edge, in front of viewers. */
class DemoTest {

  @Test
  void everyResultEqualsTheBatchComputation(@TempDir Path data) throws Exception {
    DemoSummary summary = run(data, Duration.ofMinutes(30), Duration.ofSeconds(4), 60);

    assertThat(summary.differences()).isEmpty();
    assertThat(summary.correct()).isTrue();
    assertThat(summary.events()).isEqualTo(20_000);
    BatchComputation batch = batch(Duration.ofMinutes(30));
    assertThat(summary.windows()).isEqualTo(batch.complete().windows().size());
    assertThat(summary.late()).isEqualTo(batch.complete().late().size()).isPositive();
    assertThat(summary.windowsOpen()).isEqualTo(batch.open());
    assertThat(summary.viewers().failures()).isZero();
    assertThat(summary.viewers().requests()).isPositive();
    assertThat(summary.viewers().events()).isPositive();
    assertThat(summary.edge().hitRatio()).isBetween(0.0, 1.0);
    assertThat(summary.edge().originFetches()).isPositive();
    assertThat(summary.toTopic().p50()).isLessThanOrEqualTo(summary.toTopic().p99());
    assertThat(summary.json())
        .containsEntry("correct", true)
        .containsEntry("events", 20_000L)
        .doesNotContainKey("differences");
  }

  @Test
  void isCorrectWithoutALagWhenFlightsComeAsFastAsTheyCan(@TempDir Path data) throws Exception {
    DemoSummary summary = run(data, Duration.ZERO, Duration.ZERO, 0);

    assertThat(summary.differences()).isEmpty();
    assertThat(summary.late())
        .isEqualTo(batch(Duration.ZERO).complete().late().size())
        .isGreaterThan(batch(Duration.ofMinutes(30)).complete().late().size());
  }

  @Test
  void isCorrectWithALagOfHours(@TempDir Path data) throws Exception {
    DemoSummary summary = run(data, Duration.ofHours(3), Duration.ZERO, 0);

    assertThat(summary.differences()).isEmpty();
    assertThat(summary.late()).isLessThan(batch(Duration.ofMinutes(30)).complete().late().size());
  }

  @Test
  void refusesAFolderThatHasABoardAlready(@TempDir Path data) throws Exception {
    DemoSettings settings = DemoFixture.settings(data, Duration.ofMinutes(30), Duration.ZERO, 0);
    Demo.start(settings, "test", listener -> {}).close();

    assertThatThrownBy(() -> Demo.start(settings, "test", listener -> {}))
        .isInstanceOf(DemoException.class)
        .hasMessage("the data folder has a board already; use an empty one with --data, or none");
  }

  private static DemoSummary run(Path data, Duration lag, Duration replay, int viewers)
      throws Exception {
    try (Demo demo =
        Demo.start(DemoFixture.settings(data, lag, replay, viewers), "test", listener -> {})) {
      return demo.run(DemoFixture.progress());
    }
  }

  private static BatchComputation batch(Duration lag) throws Exception {
    List<Flight> flights =
        FlightsFile.readInReportOrder(DemoFixture.EXAMPLE.resolve("flights.csv.gz"));
    return BatchComputation.of(flights, lag, FlightsReplay.PARTITIONS);
  }
}
