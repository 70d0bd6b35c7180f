package io.millrace.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flights that are carried with the project. */
class FlightsFileTest {

  private static final Path FLIGHTS =
      Path.of(System.getProperty("project.root", "."), "examples/flights/flights.csv.gz");

  @Test
  void holdsTwentyThousandFlightsOfAQuarterOutOfOrder() throws IOException {
    List<Flight> flights = FlightsFile.readInReportOrder(FLIGHTS);

    assertThat(flights).hasSize(20_000);
    assertThat(flights).isSortedAccordingTo((a, b) -> a.reported().compareTo(b.reported()));
    assertThat(flights)
        .allSatisfy(
            flight ->
                assertThat(flight.scheduled())
                    .isBetween(
                        LocalDateTime.parse("2001-01-01T00:00"),
                        LocalDateTime.parse("2001-03-31T23:59")));
    assertThat(flights)
        .contains(
            new Flight(LocalDateTime.parse("2001-01-01T00:47"), 66, 1750, "DTW", "LAS"),
            new Flight(LocalDateTime.parse("2001-03-31T22:27"), -9, 83, "CLT", "GSO"));
  }

  @Test
  void hasLateFlightsForHalfAnHoursLagAndNoneForADays() throws IOException {
    List<Flight> flights = FlightsFile.readInReportOrder(FLIGHTS);

    BatchComputation halfAnHour = BatchComputation.of(flights, Duration.ofMinutes(30), 6);
    BatchComputation day = BatchComputation.of(flights, Duration.ofDays(1), 6);

    assertThat(halfAnHour.complete().late()).hasSizeBetween(1_000, 5_000);
    assertThat(day.complete().late()).isEmpty();
    assertThat(halfAnHour.complete().windows()).hasSizeGreaterThan(50_000);
    assertThat(halfAnHour.open()).isBetween(1, 1_000);
  }

  @Test
  void namesTheLineThatCannotBeRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("flights.csv.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(
          "scheduled,delay,distance,origin,destination\n2001-01-01 00:47,soon,1750,DTW,LAS\n"
              .getBytes(StandardCharsets.US_ASCII));
    }
    assertThatThrownBy(() -> FlightsFile.readInReportOrder(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("flights.csv.gz line 2");
  }
}
