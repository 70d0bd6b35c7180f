package io.millrace.kafka.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A client that has asked what it shall push, and when it last came by. Guarded by the table of
 * {@link Instances}.
 */
final class Instance {

  private static final long NEVER = Long.MIN_VALUE;

  private final UUID id;
  private final TelemetryClient client;
  private final Object subscriptions;
  private final List<String> metrics;
  private final int intervalMillis;
  private final int subscriptionId;
  private long lastGetMillis = NEVER;
  private long lastPushMillis = NEVER;
  private boolean terminated;
  private boolean mayAskAgain;
  private boolean askedSincePush;

  /**
   * @param subscriptions of which the next two come: others mean that they are out of date
   */
  Instance(
      UUID id,
      TelemetryClient client,
      Object subscriptions,
      List<String> metrics,
      int intervalMillis) {
    this.id = id;
    this.client = client;
    this.subscriptions = subscriptions;
    this.metrics = metrics;
    this.intervalMillis = intervalMillis;
    CRC32C crc = new CRC32C();
    crc.update((metrics + "/" + intervalMillis).getBytes(StandardCharsets.UTF_8));
    this.subscriptionId = (int) crc.getValue() ^ id.hashCode();
  }

  UUID id() {
    return id;
  }

  TelemetryClient client() {
    return client;
  }

  @SuppressWarnings("ReferenceEquality") // the same object is the same subscriptions, at no cost
  boolean isOf(Object present) {
    return present == subscriptions;
  }

  List<String> metrics() {
    return metrics;
  }

  int intervalMillis() {
    return intervalMillis;
  }

  int subscriptionId() {
    return subscriptionId;
  }

  boolean isTerminated() {
    return terminated;
  }

  void terminate() {
    terminated = true;
  }

  /** The client was told that it asks for, or pushes by, something out of date. */
  void allowToAskAgain() {
    mayAskAgain = true;
  }

  /** Whether it may ask for its subscription now; then it has. */
  boolean mayAsk(long nowMillis) {
    long last = Math.max(lastGetMillis, lastPushMillis);
    if (mayAskAgain || last == NEVER || nowMillis - last >= intervalMillis) {
      lastGetMillis = nowMillis;
      mayAskAgain = false;
      askedSincePush = true;
      return true;
    }
    return false;
  }

  /** Whether it may push now; then it has. The first push after asking may come at any time. */
  boolean mayPush(long nowMillis) {
    if (lastPushMillis == NEVER || askedSincePush || nowMillis - lastPushMillis >= intervalMillis) {
      lastPushMillis = nowMillis;
      askedSincePush = false;
      return true;
    }
    return false;
  }

  /** When it last came by. */
  long seenMillis() {
    return Math.max(lastGetMillis, lastPushMillis);
  }
}
