package io.millrace.kafka.control;

import io.millrace.broker.ClientMetricsStore;
import io.millrace.kafka.telemetry.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/** The settings of subscriptions to client metrics, as resources with settings (KIP-714). */
final class ClientMetricsConfigs implements ResourceConfigs {

  // Where a value comes from (Kafka's ConfigSource), and its type.
  private static final byte FROM_SUBSCRIPTION = 7;
  private static final byte FROM_DEFAULT = 5;
  private static final byte TYPE_INT = 3;
  private static final byte TYPE_LIST = 7;

  // What to do with a list, beside setting and deleting it (KIP-339).
  private static final byte APPEND = 2;
  private static final byte SUBTRACT = 3;

  private static final int MOST_NAME_CHARS = 249;

  private final ClientMetricsStore store;

  ClientMetricsConfigs(ClientMetricsStore store) {
    this.store = store;
  }

  /** The names of all subscriptions. */
  Set<String> names() {
    return new TreeSet<>(store.subscriptions().keySet());
  }

  private Map<String, String> settings(String name) {
    return store.subscriptions().getOrDefault(name, Map.of());
  }

  /** Of a subscription that is not there, the defaults. */
  @Override
  public List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request) {
    checkName(asked.resourceName());
    Map<String, String> given = settings(asked.resourceName());
    List<DescribeConfigsResourceResult> all = new ArrayList<>();
    Subscription.DEFAULTS.forEach(
        (name, usual) -> {
          if (ResourceConfigs.isWanted(asked, name)) {
            String value = given.getOrDefault(name, usual);
            byte source = given.containsKey(name) ? FROM_SUBSCRIPTION : FROM_DEFAULT;
            DescribeConfigsResourceResult result =
                new DescribeConfigsResourceResult()
                    .setName(name)
                    .setValue(value)
                    .setConfigSource(source)
                    .setConfigType(name.equals(Subscription.INTERVAL_MS) ? TYPE_INT : TYPE_LIST);
            if (request.includeSynonyms()) {
              result
                  .synonyms()
                  .add(
                      new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source));
            }
            all.add(result);
          }
        });
    return all;
  }

  @Override
  public CompletionStage<?> change(
      String name, List<AlterableConfig> configs, boolean validateOnly) {
    checkName(name);
    Map<String, String> before = settings(name);
    Map<String, @Nullable String> changes = new LinkedHashMap<>();
    for (AlterableConfig config : configs) {
      if (changes.containsKey(config.name())) {
        throw new InvalidRequestException(config.name() + " is named twice");
      }
      changes.put(config.name(), changed(config, before));
    }
    return change(name, before, changes, validateOnly);
  }

  @Override
  public CompletionStage<?> replace(
      String name, Map<String, @Nullable String> settings, boolean validateOnly) {
    checkName(name);
    Map<String, String> before = settings(name);
    return change(
        name, before, ResourceConfigs.replacement(before.keySet(), settings), validateOnly);
  }

  private CompletionStage<?> change(
      String name,
      Map<String, String> before,
      Map<String, @Nullable String> changes,
      boolean validateOnly) {
    Map<String, String> after = new HashMap<>(before);
    changes.forEach(
        (setting, value) -> {
          if (value == null) {
            after.remove(setting);
          } else {
            after.put(setting, value);
          }
        });
    Subscription subscription = Subscription.parse(after);
    return validateOnly
        ? CompletableFuture.completedFuture(subscription)
        : store.change(name, changes);
  }

  private static @Nullable String changed(AlterableConfig config, Map<String, String> before) {
    String name = config.name();
    if (config.configOperation() == DELETE) {
      return null;
    }
    String value = config.value();
    if (value == null) {
      throw new InvalidConfigurationException(name + " has no value");
    }
    boolean list = name.equals(Subscription.METRICS) || name.equals(Subscription.MATCH);
    if (config.configOperation() == SET) {
      return value;
    }
    if (!list || config.configOperation() < SET || config.configOperation() > SUBTRACT) {
      throw new InvalidConfigurationException(name + " can be set or deleted as a whole only");
    }
    Set<String> items = new LinkedHashSet<>(Subscription.list(before, name));
    List<String> named = Subscription.list(Map.of(name, value), name);
    if (config.configOperation() == APPEND) {
      items.addAll(named);
    } else {
      named.forEach(items::remove);
    }
    return String.join(",", items);
  }

  private static void checkName(String name) {
    if (name.isEmpty() || name.length() > MOST_NAME_CHARS) {
      throw new InvalidRequestException(
          "the name of a subscription to client metrics has "
              + name.length()
              + " characters; allowed: 1 to "
              + MOST_NAME_CHARS);
    }
  }
}
