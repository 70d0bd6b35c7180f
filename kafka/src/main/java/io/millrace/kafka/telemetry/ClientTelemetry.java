package io.millrace.kafka.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.core.Clock;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.TelemetryTooLargeException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.telemetry.internals.ClientTelemetryUtils;

/**
 * What clients are asked to push, and what they have pushed (KIP-714), with the checks of Kafka's
 * ClientMetricsManager in their order. Any thread.
 */
public final class ClientTelemetry {

  /**
   * What a push may be compressed by, the best first. Decompression takes the memory of one block
   * of LZ4 (4 MiB) or one window of gzip (32 KiB); Snappy and Zstandard would let a client claim
   * much more, so they are not taken.
   */
  public static final List<Byte> COMPRESSION_TYPES =
      List.of(CompressionType.LZ4.id, CompressionType.GZIP.id);

  private static final int MOST_INSTANCES = 16_384;
  private static final int DECOMPRESSED_PER_PUSHED = 10;
  private static final UUID NOBODY = new UUID(0, 0);
  private static final UUID RESERVED = new UUID(0, 1);

  private final Supplier<Map<String, Map<String, String>>> subscriptions;
  private final Clock clock;
  private final int maxBytes;
  private final ClientGauges gauges = new ClientGauges();
  private final Instances instances = new Instances(MOST_INSTANCES, gauges::remove);
  private long pushes;
  private long refusals;

  /**
   * @param subscriptions by name, as they are in force; the same object until they change
   * @param maxBytes longest push as it is sent ({@code telemetry.max.bytes}); decompressed it may
   *     be ten times as long
   */
  public ClientTelemetry(
      Supplier<Map<String, Map<String, String>>> subscriptions, int maxBytes, Clock clock) {
    this.subscriptions = subscriptions;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /**
   * What a client shall push.
   *
   * @param instance its id from now on
   * @param error why it is told nothing; then the rest means nothing
   */
  public record Asked(
      UUID instance, Errors error, int subscriptionId, List<String> metrics, int intervalMillis) {}

  /**
   * A push.
   *
   * @param terminating whether it is the client's last one
   * @param metrics OTLP, compressed by the given type; not kept
   */
  public record Push(
      UUID instance,
      int subscriptionId,
      boolean terminating,
      byte compressionType,
      ByteBuffer metrics) {}

  /** Longest push, in bytes as it is sent. */
  public int maxBytes() {
    return maxBytes;
  }

  /** Tells a client what it shall push; one that has no id yet gets one. */
  public synchronized Asked ask(UUID instance, TelemetryClient client) {
    UUID id = instance.equals(NOBODY) ? newId() : instance;
    Instance known = instances.find(id, client, subscriptions.get());
    Errors error = Errors.NONE;
    if (known.isTerminated()) {
      error = Errors.INVALID_REQUEST;
    } else if (!known.mayAsk(millis())) {
      error = Errors.THROTTLING_QUOTA_EXCEEDED;
    }
    if (error != Errors.NONE) {
      refusals++;
    }
    return new Asked(id, error, known.subscriptionId(), known.metrics(), known.intervalMillis());
  }

  private static UUID newId() {
    while (true) {
      UUID id = UUID.randomUUID();
      if (!id.equals(NOBODY) && !id.equals(RESERVED)) {
        return id;
      }
    }
  }

  /** Takes a push. */
  public synchronized Errors push(Push push, TelemetryClient client) {
    Errors error = take(push, client);
    if (error == Errors.NONE) {
      pushes++;
    } else {
      refusals++;
    }
    return error;
  }

  private Errors take(Push push, TelemetryClient client) {
    if (push.instance().equals(NOBODY) || push.instance().equals(RESERVED)) {
      return Errors.INVALID_REQUEST;
    }
    Instance known = instances.find(push.instance(), client, subscriptions.get());
    if (known.isTerminated()) {
      return Errors.INVALID_REQUEST;
    }
    if (!known.mayPush(millis()) && !push.terminating()) {
      return Errors.THROTTLING_QUOTA_EXCEEDED;
    }
    if (push.subscriptionId() != known.subscriptionId()) {
      known.allowToAskAgain();
      return Errors.UNKNOWN_SUBSCRIPTION_ID;
    }
    boolean plain = push.compressionType() == CompressionType.NONE.id;
    if (!plain && !COMPRESSION_TYPES.contains(push.compressionType())) {
      known.allowToAskAgain();
      return Errors.UNSUPPORTED_COMPRESSION_TYPE;
    }
    if (push.metrics().remaining() > maxBytes) {
      return Errors.TELEMETRY_TOO_LARGE;
    }
    if (push.terminating()) {
      known.terminate();
    }
    Errors read = read(push, known);
    if (push.terminating()) {
      gauges.remove(known.id());
    }
    return read;
  }

  private Errors read(Push push, Instance from) {
    if (!push.metrics().hasRemaining()) {
      return Errors.NONE;
    }
    try {
      CompressionType type = CompressionType.forId(push.compressionType());
      ByteBuffer plain =
          type == CompressionType.NONE
              ? push.metrics()
              : ClientTelemetryUtils.decompress(
                  push.metrics(),
                  type,
                  (int) Math.min(Integer.MAX_VALUE, (long) maxBytes * DECOMPRESSED_PER_PUSHED));
      OtlpMetrics.read(
          plain,
          (name, attributes, value) ->
              gauges.point(from.id(), from.client(), name, attributes, value));
      return Errors.NONE;
    } catch (TelemetryTooLargeException e) {
      return Errors.TELEMETRY_TOO_LARGE;
    } catch (RuntimeException e) {
      // The decompressors throw whatever comes first.
      return Errors.INVALID_RECORD;
    }
  }

  /** Forgets the clients that have missed three pushes; to be called every few seconds. */
  public synchronized void sweep() {
    instances.sweep(millis());
  }

  private long millis() {
    return clock.nanos() / 1_000_000;
  }

  // ---- figures ----

  /** Clients that have come by lately. */
  public synchronized int clients() {
    return instances.size();
  }

  /** Metrics of clients that are published. */
  public synchronized int metrics() {
    return gauges.size();
  }

  private synchronized long pushes() {
    return pushes;
  }

  private synchronized long refusals() {
    return refusals;
  }

  private synchronized long dropped() {
    return gauges.dropped();
  }

  /** Publishes what clients push, and what is counted about it. */
  public synchronized void bindTo(MeterRegistry registry) {
    String prefix = "millrace.kafka.telemetry.";
    Gauge.builder(prefix + "clients", this, ClientTelemetry::clients).register(registry);
    Gauge.builder(prefix + "metrics", this, ClientTelemetry::metrics).register(registry);
    FunctionCounter.builder(prefix + "pushes", this, ClientTelemetry::pushes).register(registry);
    FunctionCounter.builder(prefix + "refusals", this, ClientTelemetry::refusals)
        .register(registry);
    FunctionCounter.builder(prefix + "points.dropped", this, ClientTelemetry::dropped)
        .register(registry);
    gauges.publish(registry);
  }
}
