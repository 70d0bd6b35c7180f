package io.millrace.streams.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.DataType.Kind;
import io.millrace.streams.plan.WindowSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/**
 * Los Angeles: clocks skip 02:00 to 03:00 on 2001-04-01, and show 01:00 to 02:00 twice on 10-28.
 */
class WindowAlignmentTest {

  private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");

  private static WindowAlignment tumble(Duration size) {
    return new WindowAlignment(
        new WindowSpec.Tumble(size, Duration.ZERO), DataType.of(Kind.TIMESTAMP_LTZ), ZONE);
  }

  private static long instant(String utc) {
    return Instant.parse(utc + "Z").toEpochMilli();
  }

  private static long local(String time) {
    return LocalDateTime.parse(time).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  @Test
  void aDayIsOneWindowHoweverLongItIs() {
    WindowAlignment days = tumble(Duration.ofDays(1));
    long end = local("2001-04-02T00:00");
    assertThat(days.sliceEnd(instant("2001-04-01T08:00:00"))).isEqualTo(end);
    assertThat(days.sliceEnd(instant("2001-04-02T06:59:59"))).isEqualTo(end);
    assertThat(days.sliceEnd(instant("2001-04-02T07:00:00"))).isGreaterThan(end);
    assertThat(days.windowTime(end)).isEqualTo(instant("2001-04-02T07:00:00") - 1);
  }

  @Test
  void anHourThatComesTwiceIsCompleteAfterTheSecondTime() {
    WindowAlignment hours = tumble(Duration.ofHours(1));
    long end = local("2001-10-28T02:00");
    assertThat(hours.sliceEnd(instant("2001-10-28T08:30:00"))).isEqualTo(end);
    assertThat(hours.sliceEnd(instant("2001-10-28T09:30:00"))).isEqualTo(end);
    assertThat(hours.completeThrough(instant("2001-10-28T08:59:59.999"))).isLessThan(end);
    assertThat(hours.completeThrough(instant("2001-10-28T09:59:59.998"))).isLessThan(end);
    assertThat(hours.completeThrough(instant("2001-10-28T09:59:59.999"))).isEqualTo(end);
  }

  @Test
  void theHourBeforeTheRepeatedOneNeedNotWait() {
    WindowAlignment hours = tumble(Duration.ofHours(1));
    assertThat(hours.completeThrough(instant("2001-10-28T07:59:59.999")))
        .isEqualTo(local("2001-10-28T01:00"));
  }

  @Test
  void aWindowThatEndsInTheSkippedHourIsCompleteWhenClocksSkipIt() {
    WindowAlignment windows = tumble(Duration.ofMinutes(90));
    // 2001-04-01 in windows of 90 minutes from midnight: 01:30 to 03:00 holds the skipped hour.
    long end = windows.sliceEnd(instant("2001-04-01T09:45:00"));
    assertThat(end).isEqualTo(local("2001-04-01T03:00"));
    assertThat(windows.completeThrough(instant("2001-04-01T09:59:59.999"))).isEqualTo(end);
  }

  @Test
  void aWatermarkCompletesTheWindowsThatEndAfterItByAMillisecond() {
    WindowAlignment hop =
        new WindowAlignment(
            new WindowSpec.Hop(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ZERO),
            DataType.of(Kind.TIMESTAMP),
            ZONE);
    assertThat(hop.completeThrough(9_998)).isEqualTo(0);
    assertThat(hop.completeThrough(9_999)).isEqualTo(10_000);
    assertThat(hop.lastWindowEnd(hop.sliceEnd(5_000))).isEqualTo(30_000);
  }
}
