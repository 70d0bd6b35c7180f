package io.millrace.broker;

import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsGone;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

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
   * Changes a subscription, which begins with its first setting and ends with its last. Fails with
   * {@code OVERLOADED} when there would be more than 1,000.
   *
   * @param change answers its settings from now on, from those of before
   */
  public CompletionStage<Map<String, Map<String, String>>> change(
      String name, UnaryOperator<Map<String, String>> change) {
    return controller.change(
        state -> {
          Map<String, String> before = state.clientMetrics().get(name);
          Map<String, String> after = change.apply(before == null ? Map.of() : before);
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
