package io.millrace.kafka.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.core.Clock;
import io.millrace.kafka.telemetry.ClientTelemetry.Asked;
import io.millrace.kafka.telemetry.ClientTelemetry.Push;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ClientTelemetryTest {

  private static final TelemetryClient CLIENT =
      new TelemetryClient("app", "apache-kafka-java", "4.4.0", "10.0.0.1", 4000);
  private static final UUID NOBODY = new UUID(0, 0);
  private static final byte NONE = 0;
  private static final byte GZIP = 1;
  private static final byte ZSTD = 4;
  private static final int MAX_BYTES = 10_000;

  private long nanos = Duration.ofHours(1).toNanos();
  private Map<String, Map<String, String>> subscriptions =
      Map.of("all", Map.of("metrics", "*", "interval.ms", "1000"));
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ClientTelemetry telemetry =
      new ClientTelemetry(
          () -> subscriptions,
          MAX_BYTES,
          new Clock() {
            @Override
            public long millis() {
              return nanos / 1_000_000;
            }

            @Override
            public long nanos() {
              return nanos;
            }
          });

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private Asked ask() {
    return telemetry.ask(NOBODY, CLIENT);
  }

  private Errors push(Asked as, byte compression, ByteBuffer metrics) {
    return telemetry.push(
        new Push(as.instance(), as.subscriptionId(), false, compression, metrics), CLIENT);
  }

  @Test
  void aClientIsAskedForWhatMatchesItAtTheShortestInterval() {
    subscriptions =
        Map.of(
            "mine", Map.of("metrics", "org.apache.kafka.producer.", "match", "client_id=ap+"),
            "version",
                Map.of(
                    "metrics",
                    "org.apache.kafka.consumer.",
                    "match",
                    "client_software_version=4\\..*,client_source_address=10\\..*",
                    "interval.ms",
                    "5000"),
            "others", Map.of("metrics", "*", "match", "client_id=xyz", "interval.ms", "100"));
    Asked asked = ask();
    assertThat(asked.error()).isEqualTo(Errors.NONE);
    assertThat(asked.instance()).isNotEqualTo(NOBODY);
    assertThat(asked.metrics())
        .containsExactlyInAnyOrder("org.apache.kafka.producer.", "org.apache.kafka.consumer.");
    assertThat(asked.intervalMillis()).isEqualTo(5000);
  }

  @Test
  void nothingIsAskedWithoutASubscription() {
    subscriptions = Map.of();
    assertThat(ask().metrics()).isEmpty();
    assertThat(ask().intervalMillis()).isEqualTo(300_000);
  }

  @Test
  void whatAClientPushesIsPublished() {
    telemetry.bindTo(registry);
    Asked asked = ask();
    assertThat(push(asked, NONE, Otlp.gauge("org.apache.kafka.producer.x", 2, "node", "1")))
        .isEqualTo(Errors.NONE);
    pass(Duration.ofSeconds(1));
    assertThat(push(asked, NONE, Otlp.gauge("org.apache.kafka.producer.x", 7, "node", "1")))
        .isEqualTo(Errors.NONE);
    assertThat(
            registry
                .get("millrace.kafka.client.producer.x")
                .tag("client", "app")
                .tag("point", "node=1")
                .gauge()
                .value())
        .isEqualTo(7);
  }

  @Test
  void whoPushesTooEarlyIsToldSo() {
    Asked asked = ask();
    ByteBuffer metrics = Otlp.gauge("a", 1);
    assertThat(push(asked, NONE, metrics.duplicate())).isEqualTo(Errors.NONE);
    assertThat(push(asked, NONE, metrics.duplicate())).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
    assertThat(telemetry.ask(asked.instance(), CLIENT).error())
        .isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
    pass(Duration.ofSeconds(1));
    assertThat(push(asked, NONE, metrics.duplicate())).isEqualTo(Errors.NONE);
  }

  @Test
  void aChangedSubscriptionMakesClientsAskAgain() {
    Asked asked = ask();
    subscriptions = Map.of("all", Map.of("metrics", "a"));
    assertThat(push(asked, NONE, Otlp.gauge("a", 1))).isEqualTo(Errors.UNKNOWN_SUBSCRIPTION_ID);
    Asked again = telemetry.ask(asked.instance(), CLIENT);
    assertThat(again.error()).isEqualTo(Errors.NONE);
    assertThat(again.instance()).isEqualTo(asked.instance());
    assertThat(push(again, NONE, Otlp.gauge("a", 1))).isEqualTo(Errors.NONE);
  }

  @Test
  void theLastPushMayComeEarlyAndEndsTheClient() {
    Asked asked = ask();
    assertThat(push(asked, NONE, Otlp.gauge("a", 1))).isEqualTo(Errors.NONE);
    assertThat(telemetry.metrics()).isEqualTo(1);
    Push last = new Push(asked.instance(), asked.subscriptionId(), true, NONE, Otlp.gauge("a", 1));
    assertThat(telemetry.push(last, CLIENT)).isEqualTo(Errors.NONE);
    assertThat(telemetry.metrics()).isZero();
    pass(Duration.ofSeconds(1));
    assertThat(push(asked, NONE, Otlp.gauge("a", 1))).isEqualTo(Errors.INVALID_REQUEST);
  }

  @Test
  void aClientThatStaysAwayIsForgotten() {
    telemetry.bindTo(registry);
    Asked asked = ask();
    assertThat(push(asked, NONE, Otlp.gauge("a", 1))).isEqualTo(Errors.NONE);
    ask();
    pass(Duration.ofMillis(3001));
    ask();
    telemetry.sweep();
    assertThat(telemetry.clients()).isEqualTo(1);
    assertThat(telemetry.metrics()).isZero();
    assertThat(registry.find("millrace.kafka.client.a").gauge()).isNull();
  }

  @Test
  void whatIsNoPushIsRefused() throws IOException {
    assertThat(push(ask(), NONE, ByteBuffer.wrap(new byte[] {1, 2, 3})))
        .isEqualTo(Errors.INVALID_RECORD);
    assertThat(push(ask(), GZIP, ByteBuffer.wrap(new byte[] {1, 2, 3})))
        .isEqualTo(Errors.INVALID_RECORD);
    assertThat(push(ask(), ZSTD, Otlp.gauge("a", 1)))
        .isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
    assertThat(push(ask(), NONE, ByteBuffer.allocate(MAX_BYTES + 1)))
        .isEqualTo(Errors.TELEMETRY_TOO_LARGE);
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      gzip.write(new byte[1_000_000]);
    }
    assertThat(bomb.size()).isLessThan(MAX_BYTES);
    assertThat(push(ask(), GZIP, ByteBuffer.wrap(bomb.toByteArray())))
        .isEqualTo(Errors.TELEMETRY_TOO_LARGE);
    assertThat(telemetry.push(new Push(NOBODY, 0, false, NONE, ByteBuffer.allocate(0)), CLIENT))
        .isEqualTo(Errors.INVALID_REQUEST);
  }

  @Test
  void aClientHasSoManyGaugesAtMost() {
    Asked asked = ask();
    for (int i = 0; i < 400; i++) {
      assertThat(push(asked, NONE, Otlp.gauge("metric." + i, 1))).isEqualTo(Errors.NONE);
      pass(Duration.ofSeconds(1));
    }
    assertThat(telemetry.metrics()).isEqualTo(300);
  }

  @Test
  void aSubscriptionThatMakesNoSenseIsRefused() {
    for (Map<String, String> settings :
        List.of(
            Map.of("interval.ms", "99"),
            Map.of("interval.ms", "soon"),
            Map.of("match", "client_id"),
            Map.of("match", "client_id=("),
            Map.of("match", "shoe_size=44"),
            Map.of("colour", "red"))) {
      assertThatThrownBy(() -> Subscription.parse(settings))
          .isInstanceOf(InvalidConfigurationException.class);
    }
  }
}
