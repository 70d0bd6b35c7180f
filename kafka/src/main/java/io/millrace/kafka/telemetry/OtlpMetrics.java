package io.millrace.kafka.telemetry;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads OTLP metrics (opentelemetry-proto 1.x, {@code metrics.proto}) in place, point by point:
 * gauges and sums, which is what Kafka's clients push. Histograms and summaries are passed over, as
 * are fields that are not known. Memory is one point's, whatever the message claims; nesting is as
 * deep as the schema's messages named here.
 *
 * <pre>
 *   MetricsData       1 ResourceMetrics
 *   ResourceMetrics   2 ScopeMetrics
 *   ScopeMetrics      2 Metric
 *   Metric            1 name · 5 Gauge · 7 Sum
 *   Gauge, Sum        1 NumberDataPoint
 *   NumberDataPoint   4 double · 6 signed 64 bits · 7 KeyValue
 *   KeyValue          1 key · 2 AnyValue: 1 text · 2 boolean · 3 integer
 * </pre>
 */
final class OtlpMetrics {

  private static final int MOST_TEXT_BYTES = 256;
  private static final int MOST_ATTRIBUTES = 16;

  // Wire types of protocol buffers.
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private OtlpMetrics() {}

  /** Takes one point. */
  @FunctionalInterface
  interface PointConsumer {
    void point(String name, Map<String, String> attributes, double value);
  }

  /**
   * Reads all points of a message.
   *
   * @throws IllegalArgumentException when the bytes are no such message; points before the place
   *     have then been told
   */
  static void read(ByteBuffer message, PointConsumer to) {
    Message data = new Message(message.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    while (data.next()) {
      if (data.is(1, BYTES)) {
        resource(data.bytes(), to);
      } else {
        data.skip();
      }
    }
  }

  private static void resource(Message resource, PointConsumer to) {
    while (resource.next()) {
      if (resource.is(2, BYTES)) {
        scope(resource.bytes(), to);
      } else {
        resource.skip();
      }
    }
  }

  private static void scope(Message scope, PointConsumer to) {
    while (scope.next()) {
      if (scope.is(2, BYTES)) {
        metric(scope.bytes(), to);
      } else {
        scope.skip();
      }
    }
  }

  /** The name may come after the points, so it is looked for first. */
  private static void metric(Message metric, PointConsumer to) {
    Message again = metric.copy();
    String name = "";
    while (metric.next()) {
      if (metric.is(1, BYTES)) {
        name = metric.text();
      } else {
        metric.skip();
      }
    }
    while (again.next()) {
      if (again.is(5, BYTES) || again.is(7, BYTES)) {
        points(name, again.bytes(), to);
      } else {
        again.skip();
      }
    }
  }

  private static void points(String name, Message points, PointConsumer to) {
    while (points.next()) {
      if (points.is(1, BYTES)) {
        point(name, points.bytes(), to);
      } else {
        points.skip();
      }
    }
  }

  private static void point(String name, Message point, PointConsumer to) {
    Map<String, String> attributes = new TreeMap<>();
    double value = Double.NaN;
    while (point.next()) {
      if (point.is(4, FIXED64)) {
        value = Double.longBitsToDouble(point.fixed64());
      } else if (point.is(6, FIXED64)) {
        value = (double) point.fixed64();
      } else if (point.is(7, BYTES)) {
        attribute(point.bytes(), attributes);
      } else {
        point.skip();
      }
    }
    to.point(name, attributes, value);
  }

  private static void attribute(Message attribute, Map<String, String> to) {
    String key = "";
    String value = "";
    while (attribute.next()) {
      if (attribute.is(1, BYTES)) {
        key = attribute.text();
      } else if (attribute.is(2, BYTES)) {
        value = value(attribute.bytes());
      } else {
        attribute.skip();
      }
    }
    to.put(key, value);
    if (to.size() > MOST_ATTRIBUTES) {
      throw new IllegalArgumentException(
          "a point has more than " + MOST_ATTRIBUTES + " attributes, which is the most allowed");
    }
  }

  private static String value(Message value) {
    String text = "";
    while (value.next()) {
      if (value.is(1, BYTES)) {
        text = value.text();
      } else if (value.is(2, VARINT)) {
        text = Boolean.toString(value.varint() != 0);
      } else if (value.is(3, VARINT)) {
        text = Long.toString(value.varint());
      } else {
        value.skip();
      }
    }
    return text;
  }

  /** The fields of one message, in turn. */
  private static final class Message {

    private final ByteBuffer in;
    private int field;
    private int type;

    Message(ByteBuffer in) {
      this.in = in;
    }

    Message copy() {
      return new Message(in.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Goes to the next field; false at the end. Its content must be taken or skipped. */
    boolean next() {
      if (!in.hasRemaining()) {
        return false;
      }
      long tag = varint();
      if (tag < 0 || tag >>> 3 == 0 || tag > 0xffff_ffffL) {
        throw new IllegalArgumentException("a field has the number " + (tag >>> 3));
      }
      field = (int) (tag >>> 3);
      type = (int) tag & 7;
      return true;
    }

    boolean is(int expectedField, int expectedType) {
      return field == expectedField && type == expectedType;
    }

    long varint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        need(1);
        byte part = in.get();
        value |= (long) (part & 0x7f) << shift;
        if (part >= 0) {
          return value;
        }
      }
      throw new IllegalArgumentException("a number has more than ten bytes");
    }

    long fixed64() {
      need(8);
      return in.getLong();
    }

    Message bytes() {
      int length = length();
      ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      in.position(in.position() + length);
      return new Message(part);
    }

    String text() {
      int length = length();
      if (length > MOST_TEXT_BYTES) {
        throw new IllegalArgumentException(
            "a text has " + length + " bytes; allowed: " + MOST_TEXT_BYTES);
      }
      byte[] bytes = new byte[length];
      in.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    void skip() {
      switch (type) {
        case VARINT -> {
          long unused = varint();
        }
        case FIXED64 -> skip(8);
        case BYTES -> skip(length());
        case FIXED32 -> skip(4);
        default -> throw new IllegalArgumentException("a field has the wire type " + type);
      }
    }

    private void skip(int bytes) {
      need(bytes);
      in.position(in.position() + bytes);
    }

    private int length() {
      long length = varint();
      if (length < 0 || length > in.remaining()) {
        throw new IllegalArgumentException(
            "a field claims " + length + " bytes, and " + in.remaining() + " are left");
      }
      return (int) length;
    }

    private void need(int bytes) {
      if (in.remaining() < bytes) {
        throw new IllegalArgumentException("the message is cut short");
      }
    }
  }
}
