package io.millrace.kafka.control;

import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicSetting;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Answers DescribeConfigs, AlterConfigs and IncrementalAlterConfigs. Settings of topics, groups and
 * subscriptions to client metrics can be read and changed; the node's can be read.
 */
final class ConfigsHandler {

  // Kinds of resource, and where a value comes from (Kafka's ConfigResource and ConfigSource).
  private static final byte TOPIC = 2;
  private static final byte NODE = 4;
  private static final byte GROUP = 32;
  private static final byte FROM_TOPIC = 1;
  private static final byte FROM_NODE = 4;
  private static final byte FROM_DEFAULT = 5;

  // What to do with a setting (KIP-339).
  private static final byte SET = 0;
  private static final byte DELETE = 1;

  private static final byte TYPE_STRING = 2;

  private final Topics topics;
  private final GroupConfigsHandler groups;
  private final Supplier<NodeIdentity> node;
  private final Map<String, String> nodeSettings;
  private final ClientMetricsConfigs clientMetrics;
  private final Map<String, String> builtIn = new HashMap<>();

  /**
   * @param nodeSettings the node's settings by Kafka's names, as they are in force
   */
  ConfigsHandler(
      Topics topics,
      GroupConfigsHandler groups,
      Supplier<NodeIdentity> node,
      Map<String, String> nodeSettings,
      ClientMetricsConfigs clientMetrics) {
    this.clientMetrics = clientMetrics;
    this.topics = topics;
    this.groups = groups;
    this.node = node;
    this.nodeSettings = nodeSettings;
    TopicSetting.all().forEach(setting -> builtIn.put(setting.name(), setting.defaultValue()));
  }

  // ---- DescribeConfigs ----

  CompletionStage<DescribeConfigsResponseData> describe(
      DescribeConfigsRequestData request, Caller caller) {
    List<DescribeConfigsResult> results = new ArrayList<>();
    for (DescribeConfigsResource asked : request.resources()) {
      DescribeConfigsResult result =
          new DescribeConfigsResult()
              .setResourceType(asked.resourceType())
              .setResourceName(asked.resourceName());
      try {
        result.setConfigs(describe(asked, request));
      } catch (RuntimeException e) {
        result.setErrorCode(ErrorCodes.of(e).code()).setErrorMessage(e.getMessage());
      }
      results.add(result);
    }
    return CompletableFuture.completedFuture(new DescribeConfigsResponseData().setResults(results));
  }

  private List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request) {
    List<DescribeConfigsResourceResult> all = new ArrayList<>();
    switch (asked.resourceType()) {
      case TOPIC -> {
        Topic topic = topic(asked.resourceName());
        for (TopicSetting setting : topics.settings()) {
          if (isWanted(asked, setting.name())) {
            all.add(describe(setting, topic.settings().given().get(setting.name()), request));
          }
        }
      }
      case NODE -> {
        checkNode(asked.resourceName());
        nodeSettings.forEach(
            (name, value) -> {
              if (isWanted(asked, name)) {
                all.add(
                    new DescribeConfigsResourceResult()
                        .setName(name)
                        .setValue(value)
                        .setReadOnly(true)
                        .setConfigSource(FROM_NODE)
                        .setConfigType(TYPE_STRING));
              }
            });
      }
      case GROUP -> {
        return groups.describe(asked, request);
      }
      case ClientMetricsConfigs.CLIENT_METRICS ->
          all.addAll(clientMetrics.describe(asked, request.includeSynonyms()));
      default -> throw unknownKind(asked.resourceType());
    }
    return all;
  }

  private static boolean isWanted(DescribeConfigsResource asked, String name) {
    return asked.configurationKeys() == null || asked.configurationKeys().contains(name);
  }

  private DescribeConfigsResourceResult describe(
      TopicSetting setting, @Nullable String given, DescribeConfigsRequestData request) {
    boolean fromNode = !setting.defaultValue().equals(builtIn.get(setting.name()));
    byte source = given != null ? FROM_TOPIC : fromNode ? FROM_NODE : FROM_DEFAULT;
    DescribeConfigsResourceResult result =
        new DescribeConfigsResourceResult()
            .setName(setting.name())
            .setValue(given != null ? given : setting.defaultValue())
            .setConfigSource(source)
            .setConfigType(type(setting));
    if (request.includeSynonyms()) {
      if (given != null) {
        result.synonyms().add(synonym(setting, given, FROM_TOPIC));
      }
      result
          .synonyms()
          .add(synonym(setting, setting.defaultValue(), fromNode ? FROM_NODE : FROM_DEFAULT));
    }
    if (request.includeDocumentation()) {
      result.setDocumentation(setting.doc() + " Allowed: " + setting.allowed() + ".");
    }
    return result;
  }

  private static DescribeConfigsSynonym synonym(TopicSetting setting, String value, byte source) {
    return new DescribeConfigsSynonym().setName(setting.name()).setValue(value).setSource(source);
  }

  /** As Kafka's DescribeConfigsResponse numbers them. */
  private static byte type(TopicSetting setting) {
    return switch (setting.type()) {
      case BOOLEAN -> 1;
      case STRING -> TYPE_STRING;
      case INT -> 3;
      case LONG -> 5;
      case DOUBLE -> 6;
      case LIST -> 7;
    };
  }

  // ---- changes ----

  CompletionStage<IncrementalAlterConfigsResponseData> change(
      IncrementalAlterConfigsRequestData request, Caller caller) {
    List<CompletionStage<IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse>> all =
        new ArrayList<>();
    for (IncrementalAlterConfigsRequestData.AlterConfigsResource asked : request.resources()) {
      all.add(
          (asked.resourceType() == ClientMetricsConfigs.CLIENT_METRICS
                  ? outcome(
                      () ->
                          clientMetrics.change(
                              asked.resourceName(),
                              List.copyOf(asked.configs()),
                              request.validateOnly()))
                  : change(
                      asked.resourceType(),
                      asked.resourceName(),
                      request.validateOnly(),
                      given -> changes(asked)))
              .thenApply(
                  outcome ->
                      new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                          .setResourceType(asked.resourceType())
                          .setResourceName(asked.resourceName())
                          .setErrorCode(outcome.error().code())
                          .setErrorMessage(outcome.message())));
    }
    return Stages.all(all)
        .thenApply(list -> new IncrementalAlterConfigsResponseData().setResponses(list));
  }

  private static Map<String, @Nullable String> changes(
      IncrementalAlterConfigsRequestData.AlterConfigsResource asked) {
    Map<String, @Nullable String> changes = new LinkedHashMap<>();
    for (AlterableConfig config : asked.configs()) {
      if (changes.containsKey(config.name())) {
        throw new InvalidRequestException(config.name() + " is named twice");
      }
      switch (config.configOperation()) {
        case SET -> {
          if (config.value() == null) {
            throw new InvalidConfigurationException(config.name() + " has no value");
          }
          changes.put(config.name(), config.value());
        }
        case DELETE -> changes.put(config.name(), null);
        default ->
            throw new InvalidConfigurationException(
                config.name()
                    + " of "
                    + asked.resourceName()
                    + " can be set or deleted as a whole, not appended to");
      }
    }
    return changes;
  }

  CompletionStage<AlterConfigsResponseData> replace(
      AlterConfigsRequestData request, Caller caller) {
    List<CompletionStage<AlterConfigsResponseData.AlterConfigsResourceResponse>> all =
        new ArrayList<>();
    for (AlterConfigsRequestData.AlterConfigsResource asked : request.resources()) {
      all.add(
          (asked.resourceType() == ClientMetricsConfigs.CLIENT_METRICS
                  ? outcome(
                      () ->
                          clientMetrics.replace(
                              asked.resourceName(), given(asked), request.validateOnly()))
                  : change(
                      asked.resourceType(),
                      asked.resourceName(),
                      request.validateOnly(),
                      given -> replacement(asked, given)))
              .thenApply(
                  outcome ->
                      new AlterConfigsResponseData.AlterConfigsResourceResponse()
                          .setResourceType(asked.resourceType())
                          .setResourceName(asked.resourceName())
                          .setErrorCode(outcome.error().code())
                          .setErrorMessage(outcome.message())));
    }
    return Stages.all(all).thenApply(list -> new AlterConfigsResponseData().setResponses(list));
  }

  /** What is not named goes back to its default. */
  private static Map<String, @Nullable String> replacement(
      AlterConfigsRequestData.AlterConfigsResource asked, Set<String> given) {
    Map<String, @Nullable String> changes = new LinkedHashMap<>();
    given.forEach(name -> changes.put(name, null));
    asked.configs().forEach(config -> changes.put(config.name(), config.value()));
    return changes;
  }

  private static Map<String, @Nullable String> given(
      AlterConfigsRequestData.AlterConfigsResource asked) {
    Map<String, @Nullable String> given = new LinkedHashMap<>();
    asked.configs().forEach(config -> given.put(config.name(), config.value()));
    return given;
  }

  /** How a change ended. */
  private record Outcome(Errors error, @Nullable String message) {}

  /** What a request wants changed, where these names were given; null brings a default back. */
  @FunctionalInterface
  private interface WantedChanges {
    Map<String, @Nullable String> of(Set<String> given);
  }

  private CompletionStage<Outcome> change(
      byte kind, String name, boolean validateOnly, WantedChanges wanted) {
    return outcome(() -> start(kind, name, validateOnly, wanted));
  }

  private CompletionStage<?> start(
      byte kind, String name, boolean validateOnly, WantedChanges wanted) {
    if (kind == NODE) {
      throw new InvalidRequestException(
          "the node's settings are changed in its configuration file and by a restart");
    }
    return switch (kind) {
      case TOPIC -> change(topic(name), wanted, validateOnly);
      case GROUP -> groups.change(name, wanted.of(groups.given(name)), validateOnly);
      default -> throw unknownKind(kind);
    };
  }

  private static CompletionStage<Outcome> outcome(Supplier<CompletionStage<?>> change) {
    CompletionStage<?> done;
    try {
      done = change.get();
    } catch (RuntimeException e) {
      done = CompletableFuture.failedFuture(e);
    }
    return done.handle(
        (changed, failure) ->
            failure == null
                ? new Outcome(Errors.NONE, null)
                : new Outcome(ErrorCodes.of(failure), ErrorCodes.cause(failure).getMessage()));
  }

  private CompletionStage<Topic> change(Topic topic, WantedChanges wanted, boolean validateOnly) {
    Map<String, @Nullable String> changes = wanted.of(topic.settings().given().keySet());
    if (validateOnly) {
      topics.validateSettings(merged(topic, changes));
      return CompletableFuture.completedFuture(topic);
    }
    return topics.configure(topic.name(), changes);
  }

  private static Map<String, String> merged(Topic topic, Map<String, @Nullable String> changes) {
    Map<String, String> merged = new HashMap<>(topic.settings().given());
    changes.forEach(
        (name, value) -> {
          if (value == null) {
            merged.remove(name);
          } else {
            merged.put(name, value);
          }
        });
    return merged;
  }

  private Topic topic(String name) {
    Topic topic = topics.find(name);
    if (topic == null) {
      throw new UnknownTopicOrPartitionException("there is no topic " + name);
    }
    return topic;
  }

  private void checkNode(String name) {
    if (!name.isEmpty() && !name.equals(Integer.toString(node.get().nodeId()))) {
      throw new InvalidRequestException(
          "there is no node " + name + "; this one is " + node.get().nodeId());
    }
  }

  private static InvalidRequestException unknownKind(byte kind) {
    return new InvalidRequestException(
        "resources of kind "
            + kind
            + " have no settings here; allowed: 2 (topic), 4 (broker), 16 (client metrics), 32"
            + " (group)");
  }
}
