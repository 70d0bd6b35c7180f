package io.millrace.kafka.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class OtlpMetricsTest {

  private static List<Object> read(ByteBuffer message) {
    List<Object> points = new ArrayList<>();
    OtlpMetrics.read(
        message, (name, attributes, value) -> points.add(List.of(name, attributes, value)));
    return points;
  }

  @Property(tries = 100)
  void pointsAreReadAsTheGeneratedCodeWritesThem(
      @ForAll @AlphaChars @StringLength(max = 200) String name,
      @ForAll @AlphaChars @StringLength(max = 200) String attribute,
      @ForAll double gauge,
      @ForAll long sum) {
    assertThat(read(Otlp.gauge(name, gauge, "topic", attribute, "partition", "3")))
        .containsExactly(List.of(name, Map.of("partition", "3", "topic", attribute), gauge));
    assertThat(read(Otlp.sum(name, sum))).containsExactly(List.of(name, Map.of(), (double) sum));
  }

  @Test
  void aMessageThatIsCutShortIsRefused() {
    ByteBuffer whole = Otlp.gauge("a.metric", 1);
    for (int length = 1; length < whole.limit(); length++) {
      ByteBuffer part = whole.slice(0, length);
      assertThatThrownBy(() -> read(part)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatIsLongerThanAnyNameIsRefused() {
    assertThatThrownBy(() -> read(Otlp.gauge("x".repeat(300), 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("256");
  }

  @FuzzTest
  void anyBytesAreReadOrRefusedInOneWay(byte[] input) {
    try {
      OtlpMetrics.read(
          ByteBuffer.wrap(input),
          (name, attributes, value) -> assertThat(attributes.size()).isLessThanOrEqualTo(16));
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }
}
