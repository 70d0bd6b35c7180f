package io.millrace.kafka.telemetry;

import java.nio.ByteBuffer;
import org.apache.kafka.shaded.io.opentelemetry.proto.common.v1.AnyValue;
import org.apache.kafka.shaded.io.opentelemetry.proto.common.v1.KeyValue;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Gauge;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Metric;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.MetricsData;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Sum;

/** Messages as the generated code of Kafka's clients writes them. */
final class Otlp {

  private Otlp() {}

  static ByteBuffer gauge(String name, double value, String... attributes) {
    NumberDataPoint.Builder point =
        NumberDataPoint.newBuilder().setTimeUnixNano(1).setAsDouble(value);
    for (int i = 0; i < attributes.length; i += 2) {
      point.addAttributes(
          KeyValue.newBuilder()
              .setKey(attributes[i])
              .setValue(AnyValue.newBuilder().setStringValue(attributes[i + 1])));
    }
    return message(
        Metric.newBuilder().setName(name).setGauge(Gauge.newBuilder().addDataPoints(point)));
  }

  static ByteBuffer sum(String name, long value) {
    return message(
        Metric.newBuilder()
            .setName(name)
            .setSum(
                Sum.newBuilder()
                    .setIsMonotonic(true)
                    .addDataPoints(NumberDataPoint.newBuilder().setAsInt(value))));
  }

  private static ByteBuffer message(Metric.Builder metric) {
    return ByteBuffer.wrap(
        MetricsData.newBuilder()
            .addResourceMetrics(
                ResourceMetrics.newBuilder()
                    .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(metric)))
            .build()
            .toByteArray());
  }
}
