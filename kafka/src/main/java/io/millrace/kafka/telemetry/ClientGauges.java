package io.millrace.kafka.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The last value of each metric that clients have pushed, as gauges whose names begin with {@code
 * millrace.kafka.client}. All have the same three tags: the client's id, its instance, and the
 * attributes of the point in one text, since one name with different tags cannot be published. A
 * client has 300 gauges at most and all together 5,000: what is beyond that is counted, and
 * dropped.
 *
 * <p>Not safe for use by several threads, but for reading the gauges.
 */
final class ClientGauges {

  private static final int MOST_GAUGES = 5000;
  private static final int MOST_OF_A_CLIENT = 300;
  private static final String CLIENTS_PREFIX = "org.apache.kafka.";

  private final Map<UUID, Map<String, Last>> byClient = new HashMap<>();
  private int gauges;
  private long dropped;
  private @Nullable MeterRegistry registry;

  /** The last value of one metric. */
  private static final class Last {
    private final String name;
    private final String attributes;
    private final TelemetryClient client;
    private volatile double value;
    private @Nullable Meter meter;

    Last(String name, String attributes, TelemetryClient client) {
      this.name = name;
      this.attributes = attributes;
      this.client = client;
    }

    double value() {
      return value;
    }
  }

  /** Publishes there from now on. */
  void publish(MeterRegistry to) {
    registry = to;
    byClient.forEach((id, all) -> all.values().forEach(last -> register(id, last, to)));
  }

  void point(
      UUID id, TelemetryClient client, String name, Map<String, String> attributes, double value) {
    Map<String, Last> ofClient = byClient.computeIfAbsent(id, each -> new HashMap<>());
    String text = text(attributes);
    String key = name + "\n" + text;
    Last last = ofClient.get(key);
    if (last == null) {
      if (gauges >= MOST_GAUGES || ofClient.size() >= MOST_OF_A_CLIENT) {
        dropped++;
        return;
      }
      last = new Last(name, text, client);
      ofClient.put(key, last);
      gauges++;
      MeterRegistry present = registry;
      if (present != null) {
        register(id, last, present);
      }
    }
    last.value = value;
  }

  private static String text(Map<String, String> attributes) {
    StringBuilder text = new StringBuilder();
    attributes.forEach(
        (key, value) ->
            text.append(text.isEmpty() ? "" : ",").append(key).append('=').append(value));
    return text.toString();
  }

  private static void register(UUID id, Last last, MeterRegistry registry) {
    String name =
        last.name.startsWith(CLIENTS_PREFIX)
            ? last.name.substring(CLIENTS_PREFIX.length())
            : last.name;
    last.meter =
        Gauge.builder("millrace.kafka.client." + name, last, Last::value)
            .tag("client", last.client.clientId())
            .tag("instance", Instances.text(id))
            .tag("point", last.attributes)
            .register(registry);
  }

  /** The client's gauges go. */
  void remove(UUID id) {
    Map<String, Last> ofClient = byClient.remove(id);
    if (ofClient == null) {
      return;
    }
    gauges -= ofClient.size();
    MeterRegistry present = registry;
    if (present != null) {
      for (Last last : ofClient.values()) {
        Meter meter = last.meter;
        if (meter != null) {
          present.remove(meter);
        }
      }
    }
  }

  int size() {
    return gauges;
  }

  /** Points that found no room. */
  long dropped() {
    return dropped;
  }
}
