package io.millrace.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.app.demo.Results.LateFlight;
import io.millrace.app.demo.Results.Table;
import io.millrace.app.demo.Results.Window;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Results that were worked out by hand, and what must hold for any flights. */
class BatchComputationTest {

  private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);

  @Test
  void countsHourlyWindowsThatTheWatermarkCompletes() {
    BatchComputation batch =
        compute(
            HALF_AN_HOUR,
            flight("10:00", 10, "SFO"), // watermark 09:30
            flight("10:20", 0, "SFO"), // 09:50
            flight("10:59", 2, "SFO"), // 10:29
            flight("11:29", 0, "SFO"), // 10:59: 10:59:59.999 is still to come
            flight("11:30", -3, "SFO")); // 11:00: the window from 10:00 is complete

    assertThat(batch.watermark()).isEqualTo(OptionalLong.of(at("11:00")));
    assertThat(hourly(batch))
        .containsExactly(
            new Window(Table.DEPARTURES, "SFO", at("10:00"), at("11:00"), 3, 4.0, 9.2));
    // Open: one of an hour, the sliding ones to 12:00, 13:00 and 14:00, and the day.
    assertThat(batch.open()).isEqualTo(5);
    assertThat(batch.complete().late()).isEmpty();
  }

  @Test
  void doesNotCompleteAWindowOneMillisecondEarly() {
    BatchComputation batch =
        compute(HALF_AN_HOUR, flight("10:00", 0, "SFO"), flight("11:29", 0, "SFO"));

    assertThat(batch.watermark()).isEqualTo(OptionalLong.of(at("10:59")));
    assertThat(hourly(batch)).isEmpty();
  }

  @Test
  void slidesThreeHoursByTheHour() {
    BatchComputation batch =
        compute(
            Duration.ZERO,
            flight("10:15", 6, "SFO"),
            flight("11:15", 0, "SFO"),
            flight("13:00", 9, "SFO"));

    assertThat(batch.complete().windows().stream().filter(w -> w.table() == Table.DELAYS))
        .containsExactly(
            sliding("08:00", "11:00", 1, 6.0),
            sliding("09:00", "12:00", 2, 3.0),
            sliding("10:00", "13:00", 2, 3.0));
  }

  @Test
  void aFlightAtTheWatermarkIsLateAndOneMinuteAboveItIsNot() {
    BatchComputation batch =
        compute(
            HALF_AN_HOUR,
            flight("10:00", 0, "SFO"), // watermark 09:30
            flight("09:31", 40, "SFO"),
            flight("09:30", 45, "SFO"),
            flight("12:00", 0, "SFO"));

    assertThat(batch.complete().late())
        .containsExactly(new LateFlight("SFO", "JFK", at("09:30"), 45, at("09:30")));
    assertThat(hourly(batch).stream().filter(w -> w.start() == at("09:00")))
        .singleElement()
        .satisfies(w -> assertThat(w.departures()).isEqualTo(1));
  }

  @Test
  void lateFlightsDoNotMoveTheWatermarkBack() {
    BatchComputation batch =
        compute(
            Duration.ZERO,
            flight("12:00", 0, "SFO"),
            flight("09:00", 200, "SFO"),
            flight("10:00", 200, "SFO"));

    assertThat(batch.watermark()).isEqualTo(OptionalLong.of(at("12:00")));
    assertThat(batch.complete().late()).hasSize(2);
  }

  @Test
  void theSlowestPartitionHoldsWindowsOpen() {
    List<Flight> flights =
        List.of(flight("10:00", 0, "SFO"), flight("10:05", 0, "JFK"), flight("23:00", 0, "SFO"));
    assertThat(BatchComputation.partitionOf("SFO", 6))
        .isNotEqualTo(BatchComputation.partitionOf("JFK", 6));

    BatchComputation six = BatchComputation.of(flights, Duration.ZERO, 6);
    BatchComputation one = BatchComputation.of(flights, Duration.ZERO, 1);

    assertThat(six.watermark()).as("four partitions have no flight").isEmpty();
    assertThat(six.complete().windows()).isEmpty();
    assertThat(hourly(one)).hasSize(2);
  }

  @Test
  void partitionsAsKafkasDefaultPartitionerDoes() {
    // From librdkafka's tests of its murmur2 partitioner, which follow the Java client.
    assertThat(BatchComputation.partitionOf("kafka", Integer.MAX_VALUE))
        .isEqualTo(0xd067cf64 & 0x7fffffff);
    assertThat(BatchComputation.partitionOf("giberish123456789", Integer.MAX_VALUE))
        .isEqualTo(0x8f552b0c & 0x7fffffff);
  }

  @Test
  void interpolatesThePercentileLinearly() {
    assertThat(BatchComputation.percentile(List.of(7), 0.95)).isEqualTo(7);
    assertThat(BatchComputation.percentile(List.of(20, 0), 0.95)).isCloseTo(19, within(1e-12));
    assertThat(BatchComputation.percentile(List.of(4, 1, 3, 2, 0), 0.5)).isEqualTo(2);
    assertThat(BatchComputation.percentile(List.of(-10, 0, 10), 0.25)).isEqualTo(-5);
  }

  @Property(tries = 100)
  void everyFlightIsLateOrInOneWindowOfAnHourAndADayAndThreeSlidingOnes(
      @ForAll("flights") List<Flight> flights,
      @ForAll @IntRange(max = 90) int lagMinutes,
      @ForAll @IntRange(min = 1, max = 6) int partitions) {
    List<Flight> ordered = new ArrayList<>(FlightsFile.inReportOrder(flights));
    // A last flight of every partition long after all others leaves no window of them open.
    for (int code = 0; code < 64; code++) {
      ordered.add(new Flight(DAY.plusDays(9).plusSeconds(code), 0, 1, "X" + code, "JFK"));
    }
    BatchComputation batch =
        BatchComputation.of(ordered, Duration.ofMinutes(lagMinutes), partitions);

    int onTime = flights.size() - batch.complete().late().size();
    assertThat(departures(batch, Table.DEPARTURES)).isEqualTo(onTime);
    assertThat(departures(batch, Table.DAYS)).isEqualTo(onTime);
    assertThat(departures(batch, Table.DELAYS)).isEqualTo(3L * onTime);
  }

  @Property(tries = 100)
  void aLongerLagLeavesFewerLateFlights(
      @ForAll("flights") List<Flight> flights, @ForAll @IntRange(max = 90) int lagMinutes) {
    List<Flight> ordered = FlightsFile.inReportOrder(flights);

    List<String> shorter = late(BatchComputation.of(ordered, Duration.ofMinutes(lagMinutes), 6));
    List<String> longer =
        late(BatchComputation.of(ordered, Duration.ofMinutes(lagMinutes + 15), 6));

    assertThat(shorter).containsAll(longer);
  }

  @Provide
  Arbitrary<List<Flight>> flights() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2 * 24 * 60),
            Arbitraries.integers().between(-30, 300),
            Arbitraries.of("SFO", "JFK", "DFW", "ORD", "ATL", "HNL", "ANC"))
        .as((minute, delay, origin) -> new Flight(DAY.plusMinutes(minute), delay, 1, origin, "BOS"))
        .list()
        .ofMaxSize(120);
  }

  private static final LocalDateTime DAY = LocalDateTime.of(2001, 1, 2, 0, 0);

  /** By one partition, so that its watermark is the job's. */
  private static BatchComputation compute(Duration lag, Flight... flights) {
    return BatchComputation.of(List.of(flights), lag, 1);
  }

  private static Flight flight(String time, int delay, String origin) {
    return new Flight(LocalDateTime.parse("2001-01-02T" + time), delay, 100, origin, "JFK");
  }

  private static long at(String time) {
    return SqlTimestamp.parse("2001-01-02 " + time + ":00");
  }

  private static Window sliding(String start, String end, int departures, double mean) {
    return new Window(Table.DELAYS, "SFO", at(start), at(end), departures, mean, Double.NaN);
  }

  private static List<Window> hourly(BatchComputation batch) {
    return batch.complete().windows().stream().filter(w -> w.table() == Table.DEPARTURES).toList();
  }

  private static long departures(BatchComputation batch, Table table) {
    return batch.complete().windows().stream()
        .filter(w -> w.table() == table)
        .mapToLong(Window::departures)
        .sum();
  }

  private static List<String> late(BatchComputation batch) {
    return batch.complete().late().stream()
        .map(f -> f.origin() + " " + f.scheduled() + " " + f.delay())
        .toList();
  }
}
