package io.millrace.kafka.control;

import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicSetting;
import io.millrace.broker.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/**
 * The settings of topics, and where each comes from: the topic, a change of the node's while it
 * ran, what the node was started with, or the program.
 */
final class TopicConfigs implements ResourceConfigs {

  private final Topics topics;
  private final NodeValues node;

  TopicConfigs(Topics topics, NodeValues node) {
    this.topics = topics;
    this.node = node;
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
    List<DescribeConfigsSynonym> values = new ArrayList<>();
    if (given != null) {
      values.add(ResourceConfigs.synonym(setting.name(), given, FROM_TOPIC));
    }
    values.addAll(node.ofTopics(setting.name()));
    DescribeConfigsResourceResult result =
        ResourceConfigs.result(setting.name(), values, request)
            .setConfigType(ResourceConfigs.number(setting.type()));
    if (request.includeDocumentation()) {
      result.setDocumentation(setting.doc() + " Allowed: " + setting.allowed() + ".");
    }
    return result;
  }

  @Override
  public CompletionStage<?> change(
      String name, List<AlterableConfig> configs, boolean validateOnly) {
    Topic topic = topic(name);
    return change(
        topic, given -> ResourceConfigs.changed(given, configs, this::usualList), validateOnly);
  }

  private @Nullable String usualList(String name) {
    return topics.settings().stream()
        .filter(each -> each.name().equals(name) && each.type() == TopicSetting.Type.LIST)
        .findFirst()
        .map(TopicSetting::defaultValue)
        .orElse(null);
  }

  @Override
  public CompletionStage<?> replace(
      String name, Map<String, @Nullable String> settings, boolean validateOnly) {
    Topic topic = topic(name);
    return change(topic, given -> ResourceConfigs.replaced(settings), validateOnly);
  }

  private CompletionStage<Topic> change(
      Topic topic, UnaryOperator<Map<String, String>> change, boolean validateOnly) {
    if (validateOnly) {
      topics.validateSettings(change.apply(topic.settings().given()));
      return CompletableFuture.completedFuture(topic);
    }
    return topics.configure(topic.name(), change);
  }

  private Topic topic(String name) {
    Topic topic = topics.find(name);
    if (topic == null) {
      throw new UnknownTopicOrPartitionException("there is no topic " + name);
    }
    return topic;
  }
}
