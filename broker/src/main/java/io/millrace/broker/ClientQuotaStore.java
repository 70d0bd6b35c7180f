package io.millrace.broker;

import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaGone;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaRecord;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.ClientQuotas;
import io.millrace.broker.quota.QuotaKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The node's client quotas. Any thread. */
public final class ClientQuotaStore {

  /** Each change lays out all of them anew. */
  private static final int MOST_ENTITIES = 20_000;

  private final Controller controller;
  private volatile ClientQuotas quotas;

  ClientQuotaStore(Controller controller) {
    this.controller = controller;
    this.quotas = new ClientQuotas(controller.state().clientQuotas());
  }

  /** All quotas, as far as they are on disk; the same object until they change. */
  public ClientQuotas quotas() {
    return quotas;
  }

  /**
   * Sets limits, and takes away those that are null here; limits that are not named stay. Fails
   * with {@code OVERLOADED} when there would be more than 20,000 entities.
   */
  public CompletionStage<ClientQuotas> change(
      Map<ClientQuotaEntity, Map<QuotaKey, @Nullable Double>> changes) {
    return controller.change(
        state -> {
          List<MetadataRecord> records = new ArrayList<>();
          changes.forEach(
              (entity, change) -> {
                Map<QuotaKey, Double> before = state.clientQuotas().getOrDefault(entity, Map.of());
                Map<QuotaKey, Double> after = new EnumMap<>(QuotaKey.class);
                after.putAll(before);
                change.forEach(
                    (key, limit) -> {
                      if (limit == null) {
                        after.remove(key);
                      } else {
                        after.put(key, limit);
                      }
                    });
                if (!after.equals(before)) {
                  records.add(
                      after.isEmpty()
                          ? new ClientQuotaGone(entity)
                          : new ClientQuotaRecord(entity, Map.copyOf(after)));
                }
              });
          if (state.clientQuotas().size() + records.size() > MOST_ENTITIES
              && records.stream().anyMatch(ClientQuotaRecord.class::isInstance)) {
            throw new BrokerException(
                BrokerError.OVERLOADED,
                "there are quotas of "
                    + state.clientQuotas().size()
                    + " users, clients and addresses already; allowed: "
                    + MOST_ENTITIES);
          }
          return records;
        },
        () -> {
          quotas = new ClientQuotas(controller.state().clientQuotas());
          return quotas;
        });
  }
}
