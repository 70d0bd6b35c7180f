package io.millrace.kafka.control;

import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicSetting;
import io.millrace.broker.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/** The settings of topics, and where each comes from: the topic, the node, or the program. */
final class TopicConfigs implements ResourceConfigs {

  // Where a value comes from (Kafka's ConfigSource).
  private static final byte FROM_TOPIC = 1;
  private static final byte FROM_NODE = 4;
  private static final byte FROM_DEFAULT = 5;

  private final Topics topics;
  private final Map<String, String> builtIn = new HashMap<>();

  TopicConfigs(Topics topics) {
    this.topics = topics;
    TopicSetting.all().forEach(setting -> builtIn.put(setting.name(), setting.defaultValue()));
  }

  @Override
  public List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request) {
    Topic topic = topic(asked.resourceName());
    List<DescribeConfigsResourceResult> all = new ArrayList<>();
    for (TopicSetting setting : topics.settings()) {
      if (ResourceConfigs.isWanted(asked, setting.name())) {
        all.add(describe(setting, topic.settings().given().get(setting.name()), request));
      }
    }
    return all;
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
      case STRING -> 2;
      case INT -> 3;
      case LONG -> 5;
      case DOUBLE -> 6;
      case LIST -> 7;
    };
  }

  @Override
  public CompletionStage<?> change(
      String name, List<AlterableConfig> configs, boolean validateOnly) {
    Topic topic = topic(name);
    return change(topic, ResourceConfigs.wholeChanges("topic " + name, configs), validateOnly);
  }

  @Override
  public CompletionStage<?> replace(
      String name, Map<String, @Nullable String> settings, boolean validateOnly) {
    Topic topic = topic(name);
    return change(
        topic,
        ResourceConfigs.replacement(topic.settings().given().keySet(), settings),
        validateOnly);
  }

  private CompletionStage<Topic> change(
      Topic topic, Map<String, @Nullable String> changes, boolean validateOnly) {
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
}
