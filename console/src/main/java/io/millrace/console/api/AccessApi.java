package io.millrace.console.api;

import io.millrace.broker.Broker;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.QuotaKey;
import io.millrace.broker.security.AclBinding;
import io.millrace.broker.security.Operation;
import io.millrace.broker.security.PatternType;
import io.millrace.broker.security.Permission;
import io.millrace.broker.security.ResourceType;
import io.millrace.broker.security.ScramMechanism;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.Request;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who may do what, who logs in, and how much each may use. Shown, not changed. */
public final class AccessApi {

  private static final int MOST_SHOWN = 1000;

  private final Broker broker;

  /** Over a broker's entries. */
  public AccessApi(Broker broker) {
    this.broker = broker;
  }

  /** {@code /api/access}. */
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.of("GET", "/api/access", this::describe));
  }

  /** The answer: the first {@value #MOST_SHOWN} of each, and how many there are. */
  record Access(
      int entryCount,
      List<Entry> entries,
      int userCount,
      List<User> users,
      int quotaCount,
      List<Quota> quotas) {}

  /** An access control entry. */
  record Entry(
      String principal,
      String host,
      Permission permission,
      Operation operation,
      ResourceType type,
      PatternType pattern,
      String name) {

    static Entry of(AclBinding binding) {
      return new Entry(
          binding.principal().toString(),
          binding.host(),
          binding.permission(),
          binding.operation(),
          binding.type(),
          binding.pattern(),
          binding.name());
    }
  }

  /** A user that logs in by SASL SCRAM; nothing of the password. */
  record User(String name, ScramMechanism mechanism, int iterations) {}

  /**
   * The limits of somebody. Each name is null when it does not matter, and empty when it stands for
   * all that have no limits by their own name.
   *
   * @param limits by the name that requests give them; per second, percent for request_percentage
   */
  record Quota(
      @Nullable String user,
      @Nullable String clientId,
      @Nullable String ip,
      Map<String, Double> limits) {

    static Quota of(ClientQuotaEntity entity, Map<QuotaKey, Double> limits) {
      Map<String, Double> named = new TreeMap<>();
      limits.forEach((key, limit) -> named.put(key.wireName(), limit));
      return new Quota(entity.user(), entity.clientId(), entity.ip(), named);
    }

    private String order() {
      return user + "/" + clientId + "/" + ip;
    }
  }

  private Answer describe(Request request) {
    var entries = broker.acls().index().all();
    var users = broker.scramCredentials().all();
    var quotas = broker.clientQuotas().quotas().byEntity();
    return Json.answer(
        200,
        new Access(
            entries.size(),
            entries.stream()
                .map(Entry::of)
                .sorted(
                    Comparator.comparing(Entry::principal)
                        .thenComparing(Entry::type)
                        .thenComparing(Entry::name)
                        .thenComparing(Entry::operation))
                .limit(MOST_SHOWN)
                .toList(),
            users.size(),
            users.entrySet().stream()
                .map(
                    each ->
                        new User(
                            each.getKey().name(),
                            each.getKey().mechanism(),
                            each.getValue().iterations()))
                .sorted(Comparator.comparing(User::name).thenComparing(User::mechanism))
                .limit(MOST_SHOWN)
                .toList(),
            quotas.size(),
            quotas.entrySet().stream()
                .map(each -> Quota.of(each.getKey(), each.getValue()))
                .sorted(Comparator.comparing(Quota::order))
                .limit(MOST_SHOWN)
                .toList()));
  }
}
