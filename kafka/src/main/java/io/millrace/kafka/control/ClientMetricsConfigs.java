package io.millrace.kafka.control;

import io.millrace.broker.ClientMetricsStore;
import io.millrace.kafka.telemetry.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
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
  private static final byte TYPE_INT = 3;
  private static final byte TYPE_LIST = 7;

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
    return change(
        name, given -> ResourceConfigs.changed(given, configs, this::usualList), validateOnly);
  }

  @Override
  public CompletionStage<?> replace(
      String name, Map<String, @Nullable String> settings, boolean validateOnly) {
    checkName(name);
    return change(name, given -> ResourceConfigs.replaced(settings), validateOnly);
  }

  private CompletionStage<?> change(
      String name, UnaryOperator<Map<String, String>> change, boolean validateOnly) {
    UnaryOperator<Map<String, String>> checked =
        given -> {
          Map<String, String> after = change.apply(given);
          Subscription unused = Subscription.parse(after);
          return after;
        };
    return validateOnly
        ? CompletableFuture.completedFuture(checked.apply(settings(name)))
        : store.change(name, checked);
  }

  private @Nullable String usualList(String name) {
    return name.equals(Subscription.METRICS) || name.equals(Subscription.MATCH)
        ? Subscription.DEFAULTS.get(name)
        : null;
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
