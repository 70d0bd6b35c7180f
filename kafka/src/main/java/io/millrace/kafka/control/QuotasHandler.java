package io.millrace.kafka.control;

import io.millrace.broker.ClientQuotaStore;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.QuotaKey;
import io.millrace.kafka.wire.ErrorCodes;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntryData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.ValueData;
import org.jspecify.annotations.Nullable;

/** Answers DescribeClientQuotas and AlterClientQuotas (KIP-546). */
final class QuotasHandler {

  private static final String USER = "user";
  private static final String CLIENT_ID = "client-id";
  private static final String IP = "ip";
  private static final int MOST_NAME_CHARS = 1000;

  // How a filter compares (ClientQuotaFilter).
  private static final byte EXACT = 0;
  private static final byte DEFAULT = 1;
  private static final byte ANY = 2;

  private final ClientQuotaStore quotas;

  QuotasHandler(ClientQuotaStore quotas) {
    this.quotas = quotas;
  }

  // ---- describe ----

  CompletionStage<DescribeClientQuotasResponseData> describe(
      DescribeClientQuotasRequestData request, Caller caller) {
    DescribeClientQuotasResponseData response = new DescribeClientQuotasResponseData();
    try {
      Map<String, ComponentData> filter = filter(request);
      List<EntryData> entries = new ArrayList<>();
      quotas
          .quotas()
          .byEntity()
          .forEach(
              (entity, limits) -> {
                Map<String, String> names = names(entity);
                if (isWanted(names, filter, request.strict())) {
                  entries.add(entry(names, limits));
                }
              });
      response.setEntries(entries);
    } catch (RuntimeException e) {
      response
          .setErrorCode(ErrorCodes.of(e).code())
          .setErrorMessage(e.getMessage())
          .setEntries(null);
    }
    return CompletableFuture.completedFuture(response);
  }

  private static Map<String, ComponentData> filter(DescribeClientQuotasRequestData request) {
    Map<String, ComponentData> filter = new HashMap<>();
    for (ComponentData component : request.components()) {
      String type = component.entityType();
      if (type.isEmpty()) {
        throw new InvalidRequestException("Unexpected empty filter component entity type");
      }
      if (!type.equals(USER) && !type.equals(CLIENT_ID) && !type.equals(IP)) {
        throw new UnsupportedVersionException("Custom entity type '" + type + "' not supported");
      }
      byte match = component.matchType();
      if (match < EXACT || match > ANY || (match == EXACT) == (component.match() == null)) {
        throw new InvalidRequestException(
            "a filter for " + type + " has match type " + match + "; allowed: 0 with a name, 1, 2");
      }
      if (filter.put(type, component) != null) {
        throw new InvalidRequestException("Duplicate filter component entity type '" + type + "'");
      }
    }
    if (filter.containsKey(IP) && filter.size() > 1) {
      throw new InvalidRequestException(
          "Invalid entity filter component combination, IP filter component should not be used"
              + " with user or clientId filter component.");
    }
    return filter;
  }

  private static boolean isWanted(
      Map<String, String> names, Map<String, ComponentData> filter, boolean strict) {
    for (ComponentData component : filter.values()) {
      String name = names.get(component.entityType());
      boolean matches =
          switch (component.matchType()) {
            case EXACT -> name != null && !name.isEmpty() && name.equals(component.match());
            case DEFAULT -> name != null && name.isEmpty();
            default -> name != null;
          };
      if (!matches) {
        return false;
      }
    }
    return !strict || names.size() == filter.size();
  }

  private static Map<String, String> names(ClientQuotaEntity entity) {
    Map<String, String> names = new TreeMap<>();
    if (entity.user() != null) {
      names.put(USER, entity.user());
    }
    if (entity.clientId() != null) {
      names.put(CLIENT_ID, entity.clientId());
    }
    if (entity.ip() != null) {
      names.put(IP, entity.ip());
    }
    return names;
  }

  private static EntryData entry(Map<String, String> names, Map<QuotaKey, Double> limits) {
    List<EntityData> entity = new ArrayList<>();
    names.forEach(
        (type, name) ->
            entity.add(
                new EntityData()
                    .setEntityType(type)
                    .setEntityName(name.equals(ClientQuotaEntity.DEFAULT) ? null : name)));
    List<ValueData> values = new ArrayList<>();
    limits.forEach(
        (key, limit) -> values.add(new ValueData().setKey(key.wireName()).setValue(limit)));
    return new EntryData().setEntity(entity).setValues(values);
  }

  // ---- alter ----

  /** An entity whose changes are not all good has none of them made; others have theirs. */
  CompletionStage<AlterClientQuotasResponseData> alter(
      AlterClientQuotasRequestData request, Caller caller) {
    List<CompletionStage<AlterClientQuotasResponseData.EntryData>> results = new ArrayList<>();
    for (AlterClientQuotasRequestData.EntryData entry : request.entries()) {
      AlterClientQuotasResponseData.EntryData result =
          new AlterClientQuotasResponseData.EntryData().setEntity(answered(entry));
      results.add(
          change(entry, request.validateOnly())
              .handle(
                  (done, failure) ->
                      failure == null
                          ? result
                          : result
                              .setErrorCode(ErrorCodes.of(failure).code())
                              .setErrorMessage(ErrorCodes.cause(failure).getMessage())));
    }
    return Stages.all(results)
        .thenApply(entries -> new AlterClientQuotasResponseData().setEntries(entries));
  }

  /** The entity that an entry is about, as the answer has it. */
  static List<AlterClientQuotasResponseData.EntityData> answered(
      AlterClientQuotasRequestData.EntryData entry) {
    return entry.entity().stream()
        .map(
            part ->
                new AlterClientQuotasResponseData.EntityData()
                    .setEntityType(part.entityType())
                    .setEntityName(part.entityName()))
        .toList();
  }

  private CompletionStage<?> change(
      AlterClientQuotasRequestData.EntryData entry, boolean validateOnly) {
    try {
      ClientQuotaEntity entity = entity(entry);
      Map<QuotaKey, @Nullable Double> limits = new EnumMap<>(QuotaKey.class);
      for (OpData op : entry.ops()) {
        QuotaKey key = key(op, entity);
        if (limits.containsKey(key)) {
          throw new InvalidRequestException(op.key() + " is named twice");
        }
        limits.put(key, op.remove() ? null : limit(key, op.value()));
      }
      return validateOnly
          ? CompletableFuture.completedFuture(entity)
          : quotas.change(Map.of(entity, limits));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static ClientQuotaEntity entity(AlterClientQuotasRequestData.EntryData entry) {
    if (entry.entity().isEmpty()) {
      throw new InvalidRequestException("Invalid empty client quota entity");
    }
    Map<String, String> names = new LinkedHashMap<>();
    for (AlterClientQuotasRequestData.EntityData part : entry.entity()) {
      String type = part.entityType();
      if (!type.equals(USER) && !type.equals(CLIENT_ID) && !type.equals(IP)) {
        throw new InvalidRequestException("Unhandled client quota entity type: " + type);
      }
      String name = part.entityName();
      if (name != null && (name.isEmpty() || name.length() > MOST_NAME_CHARS)) {
        throw new InvalidRequestException(
            "a name of type "
                + type
                + " has "
                + name.length()
                + " characters; allowed: 1 to "
                + MOST_NAME_CHARS
                + ", or null for the default");
      }
      String held = name == null ? ClientQuotaEntity.DEFAULT : type.equals(IP) ? ip(name) : name;
      if (names.put(type, held) != null) {
        throw new InvalidRequestException("Duplicate entity type '" + type + "'");
      }
    }
    if (names.containsKey(IP) && names.size() > 1) {
      throw new InvalidRequestException(
          "Invalid client quota entity combination: an ip stands alone");
    }
    return new ClientQuotaEntity(names.get(USER), names.get(CLIENT_ID), names.get(IP));
  }

  /** In the form in which addresses of connections are compared. Names are not looked up. */
  private static String ip(String text) {
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(text);
    if (address == null) {
      throw new InvalidRequestException(text + " is not an IP address");
    }
    return address.getHostAddress();
  }

  private static QuotaKey key(OpData op, ClientQuotaEntity entity) {
    QuotaKey key = QuotaKey.of(op.key());
    if (key == null || key.isOfAddresses() != (entity.ip() != null)) {
      throw new InvalidRequestException("Invalid configuration key " + op.key());
    }
    return key;
  }

  private static double limit(QuotaKey key, double value) {
    boolean allowed =
        value > 0 && value <= Long.MAX_VALUE && (!key.isWhole() || value == Math.rint(value));
    if (!allowed) {
      throw new InvalidRequestException(
          "Quota "
              + key.wireName()
              + " is "
              + value
              + "; allowed: more than 0"
              + (key.isWhole() ? ", without a fraction" : ""));
    }
    return value;
  }
}
