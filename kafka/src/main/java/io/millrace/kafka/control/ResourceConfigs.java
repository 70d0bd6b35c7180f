package io.millrace.kafka.control;

import io.millrace.broker.ChangedSettings;
import io.millrace.broker.topic.TopicSetting;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one kind of resource. Each method refuses by an exception of Kafka's, at once or
 * through what it returns, or by one of the broker.
 */
interface ResourceConfigs {

  // Kinds of resource (Kafka's ConfigResource).
  byte TOPIC = 2;
  byte NODE = 4;
  byte LOGGERS = 8;
  byte CLIENT_METRICS = 16;
  byte GROUP = 32;

  // What to do with a setting (KIP-339).
  byte SET = 0;
  byte DELETE = 1;
  byte APPEND = 2;
  byte SUBTRACT = 3;

  // Where a value comes from (Kafka's ConfigSource).
  byte FROM_TOPIC = 1;
  byte FROM_NODE_CHANGED = 2;
  byte FROM_ALL_NODES_CHANGED = 3;
  byte FROM_NODE_STATIC = 4;
  byte FROM_DEFAULT = 5;
  byte FROM_GROUP = 8;

  /** The settings that are asked for, as they are in force. */
  List<DescribeConfigsResourceResult> describe(
      DescribeConfigsResource asked, DescribeConfigsRequestData request);

  /** Makes the changes, all or none; with {@code validateOnly} only looks whether they can be. */
  CompletionStage<?> change(String resource, List<AlterableConfig> changes, boolean validateOnly);

  /** The same, where settings that are not named get their default. */
  CompletionStage<?> replace(
      String resource, Map<String, @Nullable String> settings, boolean validateOnly);

  /** Whether a request wants to know a setting. */
  static boolean isWanted(DescribeConfigsResource asked, String setting) {
    return asked.configurationKeys() == null || asked.configurationKeys().contains(setting);
  }

  /** Which settings are lists. */
  @FunctionalInterface
  interface Lists {
    /** What holds of a list that was not given; null when the setting is not a list. */
    @Nullable String usual(String setting);
  }

  /**
   * What is given once changes were made (KIP-339), with the refusals of Kafka's
   * ConfigurationControlManager.
   */
  static Map<String, String> changed(
      Map<String, String> given, List<AlterableConfig> changes, Lists lists) {
    Map<String, String> after = new TreeMap<>(given);
    Set<String> names = new HashSet<>();
    for (AlterableConfig change : changes) {
      String name = change.name();
      if (!names.add(name)) {
        throw new InvalidRequestException("Error due to duplicate config keys: " + name);
      }
      String value = change.value();
      if (change.configOperation() == DELETE) {
        after.remove(name);
      } else if (value == null) {
        throw new InvalidRequestException("Null value not supported for : " + name);
      } else {
        after.put(name, value(change.configOperation(), name, value, after, lists));
      }
    }
    return after;
  }

  private static String value(
      byte operation, String name, String value, Map<String, String> given, Lists lists) {
    if (operation == SET) {
      return value;
    }
    if (operation != APPEND && operation != SUBTRACT) {
      throw new InvalidRequestException(
          "Unknown operation " + operation + " on " + name + "; allowed: 0 to " + SUBTRACT);
    }
    String usual = lists.usual(name);
    if (usual == null) {
      throw new InvalidConfigurationException(
          "Can't "
              + (operation == APPEND ? "APPEND" : "SUBTRACT")
              + " to key "
              + name
              + " because its type is not LIST.");
    }
    Set<String> items = items(given.getOrDefault(name, usual));
    if (operation == APPEND) {
      items.addAll(items(value));
    } else {
      items.removeAll(items(value));
    }
    return String.join(",", items);
  }

  private static Set<String> items(String list) {
    Set<String> items = new LinkedHashSet<>();
    for (String item : list.split(",", -1)) {
      if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return items;
  }

  /** What is given once all of it was replaced; what has no value is not given. */
  static Map<String, String> replaced(Map<String, @Nullable String> settings) {
    return ChangedSettings.of(Map.of(), settings);
  }

  /** As Kafka's DescribeConfigsResponse numbers them. */
  static byte number(TopicSetting.Type type) {
    return switch (type) {
      case BOOLEAN -> 1;
      case STRING -> 2;
      case INT -> 3;
      case LONG -> 5;
      case DOUBLE -> 6;
      case LIST -> 7;
    };
  }

  /** One value of a setting, and where it comes from. */
  static DescribeConfigsSynonym synonym(String name, String value, byte source) {
    return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source);
  }

  /** The setting with the first of these values, which all are those that there are. */
  static DescribeConfigsResourceResult result(
      String name, List<DescribeConfigsSynonym> values, DescribeConfigsRequestData request) {
    DescribeConfigsSynonym first = values.getFirst();
    DescribeConfigsResourceResult result =
        new DescribeConfigsResourceResult()
            .setName(name)
            .setValue(first.value())
            .setConfigSource(first.source());
    if (request.includeSynonyms()) {
      result.setSynonyms(values);
    }
    return result;
  }
}
