package io.millrace.broker;

import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsGone;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsRecord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The settings of subscriptions to clients' metrics (KIP-714), by subscription. What they mean is
 * the protocol's business. Any thread.
 */
public final class ClientMetricsStore {

  private static final int MOST_SUBSCRIPTIONS = 1000;

  private final Controller controller;
  private volatile Map<String, Map<String, String>> subscriptions;

  ClientMetricsStore(Controller controller) {
    this.controller = controller;
    this.subscriptions = Map.copyOf(controller.state().clientMetrics());
  }

  /** All of them, as far as they are on disk; the same object until they change. */
  public Map<String, Map<String, String>> subscriptions() {
    return subscriptions;
  }

  /**
   * Sets settings of a subscription, which begins with its first setting, and takes away those that
   * are null here; it ends with its last setting. Fails with {@code OVERLOADED} when there would be
   * more than 1,000.
   */
  public CompletionStage<Map<String, Map<String, String>>> change(
      String name, Map<String, @Nullable String> changes) {
    return controller.change(
        state -> {
          Map<String, String> before = state.clientMetrics().get(name);
          Map<String, String> after = new TreeMap<>(before == null ? Map.of() : before);
          changes.forEach(
              (setting, value) -> {
                if (value == null) {
                  after.remove(setting);
                } else {
                  after.put(setting, value);
                }
              });
          if (before == null && state.clientMetrics().size() >= MOST_SUBSCRIPTIONS) {
            throw new BrokerException(
                BrokerError.OVERLOADED,
                "there are "
                    + MOST_SUBSCRIPTIONS
                    + " subscriptions to client metrics already, which is the most allowed");
          }
          MetadataRecord record =
              after.isEmpty()
                  ? new ClientMetricsGone(name)
                  : new ClientMetricsRecord(name, Map.copyOf(after));
          return before == null && after.isEmpty() ? List.of() : List.of(record);
        },
        () -> {
          subscriptions = Map.copyOf(controller.state().clientMetrics());
          return subscriptions;
        });
  }
}
