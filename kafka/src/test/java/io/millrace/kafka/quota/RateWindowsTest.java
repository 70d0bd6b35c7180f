package io.millrace.kafka.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.stats.Rate;

class RateWindowsTest {

  /** Something used, after a while. */
  record Use(int afterMillis, int amount) {}

  @Provide
  Arbitrary<Use> uses() {
    return Combinators.combine(
            Arbitraries.oneOf(
                Arbitraries.integers().between(0, 300),
                Arbitraries.integers().between(900, 1100),
                Arbitraries.integers().between(0, 20_000)),
            Arbitraries.integers().between(-1000, 100_000))
        .as(Use::new);
  }

  @Property(tries = 500)
  void ratesAreThoseOfKafka(
      @ForAll @Size(max = 60) List<@From("uses") Use> uses,
      @ForAll @IntRange(min = 1, max = 12) int windows,
      @ForAll @IntRange(min = 1, max = 2) int seconds) {
    RateWindows ours = new RateWindows(new QuotaSettings(windows, Duration.ofSeconds(seconds)));
    Rate kafkas = new Rate();
    MetricConfig config = new MetricConfig().samples(windows).timeWindow(seconds, TimeUnit.SECONDS);
    long now = 1_000_000;
    for (Use use : uses) {
      now += use.afterMillis();
      ours.record(use.amount(), now);
      kafkas.record(config, use.amount(), now);
      assertThat(ours.rate(now)).isCloseTo(kafkas.measure(config, now), within(1e-6));
      assertThat(ours.spanMillis(now)).isEqualTo(kafkas.windowSize(config, now));
    }
  }
}
