package io.millrace.kafka.telemetry;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The clients that have come by lately, at most so many: those that came by longest ago go first.
 * Not safe for use by several threads.
 */
final class Instances {

  /** A client that misses three pushes has gone. */
  private static final int MISSED_PUSHES = 3;

  private final int most;
  private final Consumer<UUID> gone;
  private final LinkedHashMap<UUID, Instance> byId = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param gone told of each client that has been forgotten
   */
  Instances(int most, Consumer<UUID> gone) {
    this.most = most;
    this.gone = gone;
  }

  /** An id as Kafka writes them. */
  static String text(UUID id) {
    ByteBuffer bytes =
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  int size() {
    return byId.size();
  }

  /** The client of that id, with the subscriptions that are now in force. */
  Instance find(UUID id, TelemetryClient client, Map<String, Map<String, String>> subscriptions) {
    Instance present = byId.get(id);
    if (present != null && present.isOf(subscriptions)) {
      return present;
    }
    Instance fresh = subscribe(id, client, subscriptions);
    byId.put(id, fresh);
    if (byId.size() > most) {
      forget(byId.keySet().iterator().next());
    }
    return fresh;
  }

  /** Of all subscriptions that the client matches: all metrics, and the shortest interval. */
  private static Instance subscribe(
      UUID id, TelemetryClient client, Map<String, Map<String, String>> subscriptions) {
    Set<String> metrics = new LinkedHashSet<>();
    int interval = Subscription.DEFAULT_INTERVAL_MILLIS;
    for (Map<String, String> settings : subscriptions.values()) {
      Subscription subscription = Subscription.parse(settings);
      if (subscription.matches(id, client)) {
        metrics.addAll(subscription.metrics());
        interval = Math.min(interval, subscription.intervalMillis());
      }
    }
    List<String> asked =
        metrics.contains(Subscription.ALL) ? List.of(Subscription.ALL) : List.copyOf(metrics);
    return new Instance(id, client, subscriptions, asked, interval);
  }

  void forget(UUID id) {
    byId.remove(id);
    gone.accept(id);
  }

  /** Forgets those that have missed three pushes. */
  void sweep(long nowMillis) {
    List<UUID> silent = new ArrayList<>();
    for (Iterator<Instance> all = byId.values().iterator(); all.hasNext(); ) {
      Instance each = all.next();
      if (nowMillis - each.seenMillis() > (long) MISSED_PUSHES * each.intervalMillis()) {
        silent.add(each.id());
      }
    }
    silent.forEach(this::forget);
  }
}
