package io.millrace.broker.quota;

import static io.millrace.broker.quota.ClientQuotaEntity.DEFAULT;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All client quotas, and which of them counts for whom. Immutable. */
public final class ClientQuotas {

  /** No quotas. */
  public static final ClientQuotas NONE = new ClientQuotas(Map.of());

  private final Map<ClientQuotaEntity, Map<QuotaKey, Double>> byEntity;
  private final Set<QuotaKey> keys = EnumSet.noneOf(QuotaKey.class);
  private final boolean limitsClients;

  /** Of these entities and their limits. */
  public ClientQuotas(Map<ClientQuotaEntity, Map<QuotaKey, Double>> byEntity) {
    Map<ClientQuotaEntity, Map<QuotaKey, Double>> copy = new HashMap<>();
    byEntity.forEach(
        (entity, limits) -> {
          if (!limits.isEmpty()) {
            copy.put(entity, Map.copyOf(new EnumMap<>(limits)));
            keys.addAll(limits.keySet());
          }
        });
    this.byEntity = Map.copyOf(copy);
    this.limitsClients = keys.stream().anyMatch(key -> !key.isOfAddresses());
  }

  /**
   * A quota that counts for a client.
   *
   * @param holder whose use is added up: clients with the same holder share the limit
   * @param limit units of the {@link QuotaKey} per second
   */
  public record Match(ClientQuotaEntity holder, double limit) {}

  /** All of them. */
  public Map<ClientQuotaEntity, Map<QuotaKey, Double>> byEntity() {
    return byEntity;
  }

  /** Whether anybody has a limit of that kind. */
  public boolean limits(QuotaKey key) {
    return keys.contains(key);
  }

  /** Whether any client has a limit; addresses aside. */
  public boolean limitsClients() {
    return limitsClients;
  }

  /**
   * The limit that counts for a user's client, or null for none: the first that there is, in the
   * order of Kafka's ClientQuotaManager.
   */
  public @Nullable Match find(QuotaKey key, String user, String clientId) {
    if (!limits(key)) {
      return null;
    }
    ClientQuotaEntity[] inOrder = {
      ClientQuotaEntity.of(user, clientId),
      ClientQuotaEntity.of(user, DEFAULT),
      ClientQuotaEntity.ofUser(user),
      ClientQuotaEntity.of(DEFAULT, clientId),
      ClientQuotaEntity.of(DEFAULT, DEFAULT),
      ClientQuotaEntity.ofUser(DEFAULT),
      ClientQuotaEntity.ofClient(clientId),
      ClientQuotaEntity.ofClient(DEFAULT)
    };
    for (ClientQuotaEntity entity : inOrder) {
      Double limit = limit(entity, key);
      if (limit != null) {
        return new Match(entity.holder(user, clientId), limit);
      }
    }
    return null;
  }

  /** The limit that counts for an address, or null for none. */
  public @Nullable Match findIp(String ip) {
    if (!limits(QuotaKey.CONNECTION_CREATION_RATE)) {
      return null;
    }
    Double limit = limit(ClientQuotaEntity.ofIp(ip), QuotaKey.CONNECTION_CREATION_RATE);
    if (limit == null) {
      limit = limit(ClientQuotaEntity.ofIp(DEFAULT), QuotaKey.CONNECTION_CREATION_RATE);
    }
    return limit == null ? null : new Match(ClientQuotaEntity.ofIp(ip), limit);
  }

  private @Nullable Double limit(ClientQuotaEntity entity, QuotaKey key) {
    Map<QuotaKey, Double> limits = byEntity.get(entity);
    return limits == null ? null : limits.get(key);
  }
}
